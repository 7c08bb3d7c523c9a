import type { LossResult } from 'losskit/evaluate'
import { change, isUpdating, type Run } from '../app/session'
import { nameBeside } from '../format/download'
import { significant } from '../format/number'
import { describe } from '../losses/catalogue'
import { isFirst, parameterWords } from '../losses/families'
import { text } from '../text/text'
import { Common, Own, ownParameters } from './Parameters'
import { SaveCsv } from './SaveCsv'
import { Scroll } from './Scroll'
import { Section } from './Section'

/** One of the same kind as one above needs no second explanation. */
function Row({ loss, run, isFirst }: { loss: LossResult; run: Run; isFirst: boolean }) {
  const description = isFirst ? describe(loss) : undefined
  const words = parameterWords(loss, isFirst ? ownParameters(loss) : [])
  return (
    <tr class={isFirst ? undefined : 'variant'}>
      <th scope="row">
        <span class="loss-title">{text.lossTitle(loss.key, loss.title)}</span> {words && <span class="parameters">{words}</span>}
        {description && <span class="quiet">{description.use}</span>}
        {isFirst && <Own loss={loss} run={run} onChange={change} />}
      </th>
      <td class="formula">{description?.formula}</td>
      <td class="number">
        <data class={isFirst ? 'mean' : 'mean minor'} data-loss={loss.key} value={String(loss.mean ?? '')}>
          {significant(loss.mean)}
        </data>
      </td>
    </tr>
  )
}

export function Losses({ run }: { run: Run }) {
  const { name, report } = run
  const [loss, formula, mean] = text.losses.columns
  const tools = (
    <SaveCsv
      name={nameBeside(name, 'losses.csv')}
      head={['name', 'key', 'title', 'parameters', 'mean']}
      rows={() => report.losses.map(({ name, key, title, parameters, mean }) => [name, key, title, JSON.stringify(parameters), mean])}
    />
  )
  return (
    <Section id="losses-heading" heading={text.losses.heading} about={text.losses.about} tools={tools}>
      <Common run={run} onChange={change} />
      <Scroll label={text.figure.tableOf(text.losses.heading)}>
        <table class="losses" aria-busy={isUpdating.value}>
          <thead>
            <tr>
              <th scope="col">{loss}</th>
              <th scope="col">{formula}</th>
              <th scope="col" class="number">
                {mean}
              </th>
            </tr>
          </thead>
          <tbody>
            {report.losses.map((loss) => (
              <Row key={loss.key} loss={loss} run={run} isFirst={isFirst(report.losses, loss)} />
            ))}
          </tbody>
        </table>
      </Scroll>
      <p class="quiet legend">{text.losses.legend[report.task]}</p>
    </Section>
  )
}
