// Tables whose rows are sequences, with a list of labels and a list of lists of scores in each: read as a table with a row for each token.
import { type Message, say } from '../message.js'
import { isSureScoreName, labelRank, scoreName, singleScoreRank } from './names.js'

/** Name of the column that is added, in which each token has its place: that of its sequence among the rows, and its own in it, both from 1. */
export const placeColumn = 'sequence:token'

/** What is known before the rows of a table are looked at. */
export interface TokenOptions {
  /** They are those of a table of tokens. */
  areTokens?: boolean
  /** The option of that name. */
  id?: string | null
}

/** What a token is called; `sequence` is what its row is called, or the row's number. `token` counts from 1. */
export const tokenName = (sequence: string, token: number): string => `${sequence}:${token}`

export const placeEvidence = say`the number of the sequence and that of the token in it`

/** A column has other than one value for each token of a sequence. */
export const otherCount = (sequence: number, values: number, tokens: number): Message =>
  say`sequence ${sequence} has ${values} ${values === 1 ? say`value` : say`values`} here, but ${tokens} ${tokens === 1 ? say`token` : say`tokens`}`

/** The problem of a row which is a token that has its place among sequences; `id`: what it is called, where that is known. */
export const inToken = (problem: Message, columns: readonly string[], id: string | undefined): Message =>
  id !== undefined && columns.includes(placeColumn) ? say`${problem}, in the token ${id}` : problem

/** The one of these columns whose name ranks first; undefined where none has a rank. */
export function bestOf(
  columns: readonly number[],
  names: readonly string[],
  rankOf: (name: string) => number | undefined,
): number | undefined {
  const ranked = columns.flatMap((column) => {
    const rank = rankOf(names[column])
    return rank === undefined ? [] : [{ column, rank }]
  })
  return ranked.sort((a, b) => a.rank - b.rank)[0]?.column
}

const isNamedAsScore = (name: string): boolean => isSureScoreName(name) || scoreName(name)?.isWeak === false

/** Columns whose cells are lists, by what these hold. */
export interface ListColumns {
  /** Lists of numbers. */
  ofLists: readonly number[]
  /** What may be labels. */
  ofLabels: readonly number[]
}

/** The column by whose lists the tokens of sequences are counted: that of the scores or, where rows are known to be sequences, that of the labels. */
export function countingColumn(names: readonly string[], { ofLists, ofLabels }: ListColumns, areTokens: boolean): number | undefined {
  const named = bestOf(ofLists, names, singleScoreRank)
  if (named !== undefined) return named
  // What else holds lists of lists is a picture, and the like.
  if (!areTokens && names.some(isNamedAsScore)) return undefined
  if (ofLists.length > 0 || !areTokens) return ofLists[0]
  return bestOf(ofLabels, names, labelRank) ?? ofLabels[0]
}
