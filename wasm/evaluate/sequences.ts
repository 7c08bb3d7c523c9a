// Tables whose rows are sequences, with a list of labels and a list of lists of scores in each: read as a table with a row for each token.
import { type Message, say } from '../message.js'

/** Name of the column that is added, in which each token has its place: that of its sequence among the rows, and its own in it, both from 1. */
export const placeColumn = 'sequence:token'

/** What a token is called; `sequence` is what its row is called, or the row's number. `token` counts from 1. */
export const tokenName = (sequence: string, token: number): string => `${sequence}:${token}`

export const placeEvidence = say`the number of the sequence and that of the token in it`

/** A column has other than one value for each token of a sequence. */
export const otherCount = (sequence: number, values: number, tokens: number): Message =>
  say`sequence ${sequence} has ${values} ${values === 1 ? say`value` : say`values`} here, but ${tokens} ${tokens === 1 ? say`token` : say`tokens`}`
