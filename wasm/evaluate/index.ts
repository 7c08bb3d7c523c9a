// losskit/evaluate: from a file of predictions to its losses.
export {
  DataError,
  type DataErrorDetails,
  type DataErrorPlace,
  type Problem,
  type Remedy,
  type RemedySettings,
  SettingError,
} from '../errors.js'
export type { Message } from '../message.js'
export { compare } from './compare.js'
export type * from './comparison.js'
export { evaluate, inspect } from './evaluate.js'
export type { FileSource } from './file.js'
export { open } from './open.js'
export type { EvaluateOptions, Inspection, Progress } from './options.js'
export type * from './report.js'
export type * from './session.js'
