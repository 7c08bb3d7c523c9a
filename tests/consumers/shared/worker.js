import { load } from 'losskit'
import { evaluate } from 'losskit/evaluate'
import { compute } from './compute.js'

compute(load, evaluate).then(postMessage)
