import { parentPort } from 'node:worker_threads'
import { load } from 'losskit'
import { evaluate } from 'losskit/evaluate'
import { compute } from './compute.js'

parentPort.postMessage(await compute(load, evaluate))
