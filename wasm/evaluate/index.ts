// losskit/evaluate: from a file of predictions to its losses.
export { DataError, type DataErrorPlace } from '../errors.js'
export type * from './comparison.js'
export { evaluate, type Inspection, inspect } from './evaluate.js'
export type { FileSource } from './file.js'
export type { EvaluateOptions, Progress } from './options.js'
export type * from './report.js'
export type * from './session.js'
