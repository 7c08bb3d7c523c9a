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

/** Data in a file are not what they must be. The message names the file, the place and what is wrong there. */
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

  constructor(problem: string, place: DataErrorPlace, options?: ErrorOptions) {
    super(`${describePlace(place)}: ${problem}`, options)
    this.problem = problem
    this.file = place.file
    this.row = place.row
    this.line = place.line
    this.column = place.column
  }
}
