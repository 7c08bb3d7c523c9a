// Readers of other people, loaded when a file of their format is met.
import type { GroupKind } from './groups.js'

export const loadReader = {
  parquet: () => import('../vendor/hyparquet.js'),
  arrow: () => import('../vendor/flechette.js'),
}

/** Where a worker loads them from: a worker is one file, and what it may never need is not in it. Bundlers know this by its form. */
const places: Record<GroupKind, () => URL> = {
  parquet: () => new URL('../vendor/hyparquet.js', import.meta.url),
  arrow: () => new URL('../vendor/flechette.js', import.meta.url),
}

export const readerPlace = (kind: GroupKind): string => places[kind]().href
