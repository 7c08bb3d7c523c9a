// What the bench needs of tfjs, bundled into build/bench/tfjs.mjs.
import '@tensorflow/tfjs-core/dist/register_all_gradients.js'

export { setWasmPaths } from '@tensorflow/tfjs-backend-wasm'
export * as tf from '@tensorflow/tfjs-core'
