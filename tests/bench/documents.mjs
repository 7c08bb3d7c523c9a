// What each group writes into the page of figures.
import { evaluateDocument } from './evaluate/document.mjs'
import { kernelsDocument } from './kernels/document.mjs'
import { loadingDocument } from './loading/document.mjs'
import { pageDocument } from './page/document.mjs'

export const documents = [
  { group: 'kernels', write: kernelsDocument },
  { group: 'evaluate', write: evaluateDocument },
  { group: 'loading', write: loadingDocument },
  { group: 'page', write: pageDocument },
]
