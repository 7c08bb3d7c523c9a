// What each group writes into the page of figures.
import { kernelsDocument } from './kernels/document.mjs'
import { loadingDocument } from './loading/document.mjs'

export const documents = [
  { group: 'kernels', write: kernelsDocument },
  { group: 'loading', write: loadingDocument },
]
