import type { LossResult } from 'losskit/evaluate'
import { change, isUpdating, type Run } from '../app/session'
import { csv } from '../format/csv'
import { download, nameBeside } from '../format/download'
import { short, significant } from '../format/number'
import { describe } from '../losses/catalogue'
import { text } from '../text/text'
import { Common, Own, ownParameters } from './Parameters'
import { Scroll } from './Scroll'
import { Section } from './Section'

const symbolOf = (name: string) => text.losses.symbols[name] ?? name
const valueWords = (value: number | string) => (typeof value === 'number' ? short(value) : value)

/** Parameters that have no control of their own in the row. */
function ParameterList({ loss, isFirst }: { loss: LossResult; isFirst: boolean }) {
  const controlled = isFirst ? ownParameters(loss) : []
  const entries = Object.entries(loss.parameters).filter(([name]) => !controlled.includes(name))
  return entries.length > 0 ? (
    <span class="parameters">{entries.map(([name, value]) => `${symbolOf(name)} = ${valueWords(value)}`).join(', ')}</span>
  ) : null
}

/** The first loss with a parameter has its control. */
const hasControls = (losses: LossResult[], loss: LossResult) =>
  losses.find(({ name }) => name === loss.name && ownParameters(loss).length > 0) !== undefined &&
  losses.filter(({ name, parameters }) => name === loss.name && sameKeys(parameters, loss.parameters))[0] === loss

const sameKeys = (a: object, b: object) => Object.keys(a).join() === Object.keys(b).join()

function Row({ loss, run, isFirst }: { loss: LossResult; run: Run; isFirst: boolean }) {
  const description = describe(loss)
  return (
    <tr>
      <th scope="row">
        <span class="loss-title">{text.lossTitle(loss.key, loss.title)}</span> <ParameterList loss={loss} isFirst={isFirst} />
        {description && <span class="quiet">{description.use}</span>}
        {isFirst && <Own loss={loss} run={run} onChange={change} />}
      </th>
      <td class="formula">{description?.formula}</td>
      <td class="number">
        <data class="mean" data-loss={loss.key} value={String(loss.mean ?? '')}>
          {significant(loss.mean)}
        </data>
      </td>
    </tr>
  )
}

export function Losses({ run }: { run: Run }) {
  const { name, report } = run
  const [loss, formula, mean] = text.losses.columns
  const save = () => {
    const rows = report.losses.map(({ name, key, title, parameters, mean }) => [name, key, title, JSON.stringify(parameters), mean])
    download(nameBeside(name, 'losses.csv'), csv(['name', 'key', 'title', 'parameters', 'mean'], rows), 'text/csv')
  }
  const tools = (
    <button type="button" class="plain" aria-label={`${text.figure.download} CSV`} onClick={save}>
      {text.figure.download} CSV
    </button>
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
              <Row key={loss.key} loss={loss} run={run} isFirst={hasControls(report.losses, loss)} />
            ))}
          </tbody>
        </table>
      </Scroll>
      <p class="quiet legend">{text.losses.legend[report.task]}</p>
    </Section>
  )
}
