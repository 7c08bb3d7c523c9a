// Import maps do not reach into workers, so the addresses stand here.
import { compute } from './compute.js'
import { evaluate } from './node_modules/losskit/dist/evaluate/index.js'
import { load } from './node_modules/losskit/dist/index.js'

postMessage(await compute(load, evaluate))
