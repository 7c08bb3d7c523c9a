import { load } from 'losskit'
import { evaluate } from 'losskit/evaluate'
import { compute, evaluateLarge } from './compute.js'

globalThis.result = compute(load, evaluate)
globalThis.evaluateLarge = (workers) => evaluateLarge(evaluate, workers)

/** The same in a module worker, for the tools that bundle one. */
globalThis.computeInWorker = () =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' })
    worker.onmessage = ({ data }) => resolve(data)
    worker.onerror = ({ message }) => reject(new Error(message))
  })
