import type { ClassResult, Report } from 'losskit/evaluate'
import { useState } from 'preact/hooks'
import { announce } from '../app/announcer'
import type { Run } from '../app/session'
import { InlineBar } from '../charts/InlineBar'
import { csv } from '../format/csv'
import { download, nameBeside } from '../format/download'
import { integer, percent, significant } from '../format/number'
import { text } from '../text/text'
import { Scroll } from './Scroll'
import { Section } from './Section'

interface Column {
  key: string
  title: string
  value: (result: ClassResult) => number | null
  words: (value: number | null) => string
  /** Length of a full bar; absent for a column without bars. */
  full?: number
}

const largest = (values: (number | null)[]) => Math.max(0, ...values.map((value) => (Number.isFinite(value) ? (value ?? 0) : 0)))

function lossColumns({ losses, classes }: Report): Column[] {
  const perClass = losses.filter(({ key }) => classes.some((result) => key in result.losses))
  return perClass.map(({ key, title }) => ({
    key,
    title,
    value: (result) => result.losses[key] ?? null,
    words: (value) => significant(value, 4),
    full: largest(classes.map((result) => result.losses[key] ?? null)),
  }))
}

function columnsOf(report: Report): Column[] {
  const counts = report.classes.map(({ count }) => count)
  return [
    { key: 'count', title: text.classes.count, value: ({ count }) => count, words: (value) => integer(value ?? 0), full: largest(counts) },
    { key: 'share', title: text.classes.share, value: ({ share }) => share, words: (value) => percent(value) },
    { key: 'accuracy', title: text.classes.recall, value: ({ accuracy }) => accuracy, words: (value) => percent(value), full: 1 },
    ...lossColumns(report),
  ]
}

interface Order {
  key: string
  descending: boolean
}

/** Indices of the classes in the chosen order; without one, the file's. Classes without a value come last. */
function sorted(classes: ClassResult[], columns: Column[], order?: Order): number[] {
  const indices = classes.map((_, index) => index)
  const column = columns.find(({ key }) => key === order?.key)
  if (!order || !column) return order?.descending ? indices.reverse() : indices
  const values = classes.map(column.value)
  const none = order.descending ? -Infinity : Infinity
  const sign = order.descending ? -1 : 1
  return indices.sort((a, b) => sign * ((values[a] ?? none) - (values[b] ?? none)) || a - b)
}

function Head({
  id,
  title,
  order,
  onOrder,
  numeric,
}: {
  id: string
  title: string
  order?: Order
  onOrder: (order: Order) => void
  numeric: boolean
}) {
  const active = order?.key === id
  const sort = () => {
    // Numbers are most often looked at from the largest; names from the first.
    const descending = active ? !order.descending : numeric
    onOrder({ key: id, descending })
    announce(text.announce.sorted(title, descending ? text.classes.descending : text.classes.ascending))
  }
  return (
    <th scope="col" class={numeric ? 'number' : undefined} aria-sort={active ? (order.descending ? 'descending' : 'ascending') : undefined}>
      <button type="button" class="sort" onClick={sort}>
        {title}
        <svg viewBox="0 0 10 10" width="10" height="10" aria-hidden="true">
          {active ? <path d={order.descending ? 'M1 3h8L5 8z' : 'M1 7h8L5 2z'} /> : <path class="idle" d="M2 4h6L5 1zM2 6h6L5 9z" />}
        </svg>
      </button>
    </th>
  )
}

export function Classes({ run: { file, report } }: { run: Run }) {
  const [order, setOrder] = useState<Order | undefined>()
  const columns = columnsOf(report)
  const save = () => {
    const rows = report.classes.map((result) => [result.name, ...columns.map(({ value }) => value(result))])
    download(nameBeside(file.name, 'classes.csv'), csv(['class', ...columns.map(({ key }) => key)], rows), 'text/csv')
  }
  const tools = (
    <button type="button" class="button" onClick={save}>
      {text.figure.download} {text.classes.download}
    </button>
  )
  return (
    <Section id="classes-heading" heading={text.classes.heading[report.task]} about={text.classes.about} tools={tools}>
      <Scroll label={text.figure.tableOf(text.classes.heading[report.task])}>
        <table class="classes">
          <caption class="visually-hidden">{text.classes.caption}</caption>
          <thead>
            <tr>
              <Head id="name" title={text.classes.name} order={order} onOrder={setOrder} numeric={false} />
              {columns.map(({ key, title }) => (
                <Head key={key} id={key} title={title} order={order} onOrder={setOrder} numeric={true} />
              ))}
            </tr>
          </thead>
          <tbody>
            {sorted(report.classes, columns, order).map((index) => {
              const result = report.classes[index]
              return (
                result && (
                  <tr key={index} data-class={result.name}>
                    <th scope="row">{result.name}</th>
                    {columns.map(({ key, value, words, full }) => (
                      <td key={key} class="number">
                        <data data-column={key} value={String(value(result) ?? '')}>
                          {words(value(result))}
                        </data>
                        {full !== undefined && <InlineBar value={value(result)} full={full} />}
                      </td>
                    ))}
                  </tr>
                )
              )
            })}
          </tbody>
        </table>
      </Scroll>
    </Section>
  )
}
