// How far an evaluation is, on one line of a terminal.
import type { Progress } from '../evaluate/options.js'
import { bar } from './layout.js'

/** Where the line is written; a stream that is no terminal gets nothing. */
export interface Terminal {
  isTTY?: boolean
  columns?: number
  write(text: string): unknown
}

const barLength = 20
const interval = 100
const toLineStart = '\r\x1b[K'

export function bytesText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  const power = bytes < 1 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), units.length - 1)
  const value = bytes / 1000 ** power
  return `${value.toFixed(power === 0 || value >= 100 ? 0 : 1)} ${units[power]}`
}

export function durationText(seconds: number): string {
  const whole = Math.ceil(seconds)
  if (whole < 60) return `${whole} s`
  return `${Math.floor(whole / 60)} min ${whole % 60} s`
}

export function progressLine(name: string, progress: Progress): string {
  const { bytes, total, bytesPerSecond, secondsLeft } = progress
  const share = total === 0 ? 1 : bytes / total
  const words = [`${bytesText(bytes)} of ${bytesText(total)}`, `${bytesText(bytesPerSecond)}/s`]
  if (secondsLeft !== null) words.push(`${durationText(secondsLeft)} left`)
  const percent = `${Math.floor(share * 100)} %`.padStart(5)
  return `${name} ${percent} ${bar(share, barLength).padEnd(barLength)} ${words.join(', ')}`
}

export class ProgressBar {
  readonly #name: string
  readonly #terminal: Terminal
  #shownAt = Number.NEGATIVE_INFINITY
  #isShown = false

  constructor(name: string, terminal: Terminal) {
    this.#name = name
    this.#terminal = terminal
  }

  show(progress: Progress): void {
    const now = performance.now()
    if (!this.#terminal.isTTY || now - this.#shownAt < interval) return
    this.#shownAt = now
    this.#isShown = true
    // A line that wraps could not be written over.
    this.#terminal.write(toLineStart + progressLine(this.#name, progress).slice(0, (this.#terminal.columns ?? 80) - 1))
  }

  clear(): void {
    if (this.#isShown) this.#terminal.write(toLineStart)
    this.#isShown = false
  }
}
