import { inEnglish, type Message } from './message.js'

/** Where in a file the data are wrong; what is not one place is left out. */
export interface DataErrorPlace {
  /** Its name. */
  file: string
  /** Data row from 1, the header not counted. */
  row?: number
  /** Line of the file from 1. */
  line?: number
  /** Its name; 'column 1', 'column 2', … in a file without header. */
  column?: string
}

function describePlace({ file, row, line, column }: DataErrorPlace): string {
  const places = []
  if (row !== undefined) places.push(line === undefined ? `row ${row}` : `row ${row} (line ${line})`)
  if (column !== undefined) places.push(`column "${column}"`)
  return places.length === 0 ? file : `${file}: ${places.join(', ')}`
}

/** A value that is asked for makes no sense: a RangeError, with its message to be said in another language too. */
export class SettingError extends RangeError {
  /** The message as code and values. */
  readonly said: Message

  constructor(said: Message) {
    super(inEnglish(said))
    this.said = said
  }
}

/** Options of `evaluate` that mend a problem. */
export interface RemedySettings {
  /** Rows without a value are left out. */
  missing?: 'leaveOut'
  /** Scores are taken as logits. */
  scores?: 'logits'
  /** Labels between 0 and 1 are taken as probabilities of class 1. */
  task?: 'binary'
}

/** How a problem can be mended. */
export interface Remedy {
  /** A short sentence. */
  text: Message
  /** Options that do it; without them the file is to be mended. */
  settings?: RemedySettings
}

/** One of the things that are wrong with a file. */
export interface Problem extends DataErrorPlace {
  /** What is wrong, without the place. */
  message: string
  /** The same as code and values, to be said in another language. */
  said: Message
  /** A short sentence: how to mend it, where that is known. */
  remedy?: string
  /** Options of `evaluate` that mend it. */
  remedySettings?: RemedySettings
  /** `remedy` as code and values. */
  remedySaid?: Message
}

/** What may be said beside problem and place. */
export interface DataErrorDetails extends ErrorOptions {
  /** How to mend it. */
  remedy?: Remedy
}

/** Data in a file are not what they must be. The message names the file, the place and what is wrong there, the first of all that is. */
export class DataError extends Error {
  /** As of every error: its class. */
  override readonly name = 'DataError'
  /** What is wrong, without the place. */
  readonly problem: string
  /** Name of the file. */
  readonly file: string
  /** Data row from 1, the header not counted. */
  readonly row?: number
  /** Line of the file from 1. */
  readonly line?: number
  /** Name of the column. */
  readonly column?: string
  /** All that is wrong, this first, in the order of the rows: what stands in one row does not keep the rows behind it from being looked at. */
  problems: readonly Problem[]
  /** There are more problems than those. */
  moreProblems = false

  constructor(said: Message, place: DataErrorPlace, details: DataErrorDetails = {}) {
    const problem = inEnglish(said)
    super(`${describePlace(place)}: ${problem}`, 'cause' in details ? { cause: details.cause } : undefined)
    this.problem = problem
    this.file = place.file
    this.row = place.row
    this.line = place.line
    this.column = place.column
    const { remedy } = details
    const mending = remedy && {
      remedy: inEnglish(remedy.text),
      remedySaid: remedy.text,
      ...(remedy.settings && { remedySettings: remedy.settings }),
    }
    this.problems = [{ message: problem, said, ...place, ...mending }]
  }

  /** The first of them, with the problems of all. */
  static ofSeveral(errors: readonly DataError[], areMore: boolean): DataError {
    const [first] = errors
    first.problems = errors.flatMap(({ problems }) => problems)
    first.moreProblems = areMore
    return first
  }

  /** One of the problems as an error of its own. */
  static of({ message, said, remedy, remedySaid, remedySettings, ...place }: Problem): DataError {
    return new DataError(said, place, remedySaid === undefined ? {} : { remedy: { text: remedySaid, settings: remedySettings } })
  }

  /** All problems as text, each with its place, one below the other. */
  describe(): string {
    const lines = this.problems.map(({ message, ...place }) => `${describePlace(place)}: ${message}`)
    return [...lines, ...(this.moreProblems ? ['… and more'] : [])].join('\n')
  }
}
