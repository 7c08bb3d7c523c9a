// What can be said of a class: the columns of the table and the choices of its picture.
import type { ClassResult, Report } from 'losskit/evaluate'
import { integer, percent, significant } from '../format/number'
import { text } from '../text/text'

export interface ClassMeasure {
  key: string
  title: string
  value(result: ClassResult): number | null
  words(value: number | null): string
  /** Length of a full bar; absent for a measure without bars. */
  full?: number
}

const largest = (values: (number | null)[]) => Math.max(0, ...values.map((value) => (Number.isFinite(value) ? (value ?? 0) : 0)))

function losses({ losses, classes }: Report): ClassMeasure[] {
  const perClass = losses.filter(({ key }) => classes.some((result) => key in result.losses))
  return perClass.map(({ key, title }) => ({
    key,
    title: text.lossTitle(key, title),
    value: (result) => result.losses[key] ?? null,
    words: (value) => significant(value, 4),
    full: largest(classes.map((result) => result.losses[key] ?? null)),
  }))
}

export function countMeasure({ classes }: Report): ClassMeasure {
  const full = largest(classes.map(({ count }) => count))
  return { key: 'count', title: text.classes.count, value: ({ count }) => count, words: (value) => integer(value ?? 0), full }
}

export function classMeasures(report: Report): ClassMeasure[] {
  const hasPrecision = report.classes.some(({ precision }) => precision !== undefined)
  const share: ClassMeasure = { key: 'share', title: text.classes.share, value: ({ share }) => share, words: (value) => percent(value) }
  const recall: ClassMeasure = {
    key: 'accuracy',
    title: text.classes.recall,
    value: ({ accuracy }) => accuracy,
    words: (value) => percent(value),
    full: 1,
  }
  const precision: ClassMeasure = {
    key: 'precision',
    title: text.classes.precision,
    value: ({ precision }) => precision ?? null,
    words: (value) => percent(value),
    full: 1,
  }
  return [countMeasure(report), share, recall, ...(hasPrecision ? [precision] : []), ...losses(report)]
}
