// What can be said of a class: the columns of the table and the choices of its picture.
import type { ClassResult, Report } from 'losskit/evaluate'
import { integer, percent, significant } from '../format/number'
import { isFirst, labelOf } from '../losses/families'
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
  return perClass.map((loss) => ({
    key: loss.key,
    title: labelOf(losses, loss),
    value: (result) => result.losses[loss.key] ?? null,
    words: (value) => significant(value, 4),
    full: largest(classes.map((result) => result.losses[loss.key] ?? null)),
  }))
}

export function countMeasure({ classes }: Report): ClassMeasure {
  const full = largest(classes.map(({ count }) => count))
  return { key: 'count', title: text.classes.count, value: ({ count }) => count, words: (value) => integer(value ?? 0), full }
}

/** What the table shows: of losses of one kind the first; the picture and the CSV have them all. */
export const tableMeasures = (report: Report): ClassMeasure[] =>
  classMeasures(report).filter(({ key }) => {
    const loss = report.losses.find((each) => each.key === key)
    return !loss || isFirst(report.losses, loss)
  })

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
