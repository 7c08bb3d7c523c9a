import { load } from 'losskit'
import { evaluate } from 'losskit/evaluate'
import { compute } from './compute.js'

console.log(JSON.stringify(await compute(load, evaluate)))
