import type { ClassResult } from 'losskit/evaluate'
import { useState } from 'preact/hooks'
import type { Run } from '../app/session'
import { InlineBar } from '../charts/InlineBar'
import { nameBeside } from '../format/download'
import { text } from '../text/text'
import { type ClassMeasure, classMeasures, tableMeasures } from './classMeasures'
import { SaveCsv } from './SaveCsv'
import { Scroll } from './Scroll'
import { Section } from './Section'
import { type Order, SortHead } from './SortHead'

/** Indices of the classes in the chosen order; without one, the file's. Classes without a value come last. */
function sorted(classes: ClassResult[], measures: ClassMeasure[], order?: Order): number[] {
  const indices = classes.map((_, index) => index)
  const measure = measures.find(({ key }) => key === order?.key)
  if (!order || !measure) return order?.descending ? indices.reverse() : indices
  const values = classes.map(measure.value)
  const none = order.descending ? -Infinity : Infinity
  const sign = order.descending ? -1 : 1
  return indices.sort((a, b) => sign * ((values[a] ?? none) - (values[b] ?? none)) || a - b)
}

export function Classes({ run: { name, report } }: { run: Run }) {
  const [order, setOrder] = useState<Order | undefined>()
  const measures = tableMeasures(report)
  const heading = text.classes.heading[report.task]
  const all = classMeasures(report)
  const tools = (
    <SaveCsv
      name={nameBeside(name, 'classes.csv')}
      head={['class', ...all.map(({ key }) => key)]}
      rows={() => report.classes.map((result) => [result.name, ...all.map(({ value }) => value(result))])}
    />
  )
  return (
    <Section id="classes-heading" heading={heading} about={text.classes.about} tools={tools}>
      <Scroll label={text.figure.tableOf(heading)}>
        <table class="classes">
          <caption class="visually-hidden">{text.classes.caption}</caption>
          <thead>
            <tr>
              <SortHead id="name" title={text.classes.name} order={order} onOrder={setOrder} numeric={false} />
              {measures.map(({ key, title }) => (
                <SortHead key={key} id={key} title={title} order={order} onOrder={setOrder} numeric={true} />
              ))}
            </tr>
          </thead>
          <tbody>
            {sorted(report.classes, measures, order).map((index) => {
              const result = report.classes[index]
              return (
                result && (
                  <tr key={index} data-class={result.name}>
                    <th scope="row">{result.name}</th>
                    {measures.map(({ key, value, words, full }) => (
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
