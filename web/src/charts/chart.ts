// What a picture is, whatever it shows: items in reading order, how to say, list and draw them, and which rows stand behind one.
import type { PlotOptions } from '@observablehq/plot'
import type { RowQuery } from 'losskit/evaluate'
import type { Cell } from '../format/csv'

export type Plotting = typeof import('./plotting')

export interface Column<Item> {
  /** In the CSV. */
  key: string
  title: string
  value(item: Item): Cell
  /** As shown; by default the value itself. */
  words?(item: Item): string
}

/** Where an item lies, in the units of the picture's scales: an interval, or a band by its name. All there is when absent. */
export interface Place {
  x?: [from: number, to: number] | string
  y?: [from: number, to: number] | string
}

export interface Size {
  width: number
  /** Too narrow for as many ticks and letters. */
  isNarrow: boolean
}

export interface Chart<Item> {
  /** Names the files it is downloaded as. */
  id: string
  heading: string
  /** For those who move over its items with the keyboard. */
  cursor: string
  items: Item[]
  columns: Column<Item>[]
  /** An item in words. */
  read(item: Item): string
  place(item: Item): Place
  /** Items in a row, where they form a matrix. */
  across?: number
  /** The rows that an item stands for. */
  rows?(item: Item): RowQuery | undefined
  /** One picture above the other, over one width. */
  draw(plotting: Plotting, size: Size): PlotOptions[]
}

export const ink = 'var(--ink)'
export const quiet = 'var(--quiet)'
export const accent = 'var(--accent)'
export const line = 'var(--line)'

/** A name for which there is room for so many letters: its end, by which names often differ, stays. */
export function shortened(name: string, most: number): string {
  if (name.length <= most) return name
  const end = Math.floor((most - 1) / 2)
  return `${name.slice(0, most - 1 - end)}…${name.slice(-end)}`
}
