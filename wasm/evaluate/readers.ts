// Readers of other people, loaded when a file of their format is met.

export const loadReader = {
  parquet: () => import('../vendor/hyparquet.js'),
  arrow: () => import('../vendor/flechette.js'),
}

export type ReaderName = keyof typeof loadReader

/** Where a worker loads them from: a worker is one file, and what it may never need is not in it. Bundlers know this by its form. */
const places: Record<ReaderName, () => URL> = {
  parquet: () => new URL('../vendor/hyparquet.js', import.meta.url),
  arrow: () => new URL('../vendor/flechette.js', import.meta.url),
}

export const readerPlace = (name: ReaderName): string => places[name]().href
