import type { LossResult } from 'losskit/evaluate'
import type { Run } from '../app/session'
import { csv } from '../format/csv'
import { download, nameBeside } from '../format/download'
import { short, significant } from '../format/number'
import { describe } from '../losses/catalogue'
import { text } from '../text/text'
import { Parameters } from './Parameters'
import { Scroll } from './Scroll'
import { Section } from './Section'

const symbolOf = (name: string) => text.losses.symbols[name] ?? name
const valueWords = (value: number | string) => (typeof value === 'number' ? short(value) : value)

function ParameterList({ parameters }: Pick<LossResult, 'parameters'>) {
  const entries = Object.entries(parameters)
  return entries.length > 0 ? (
    <span class="parameters">{entries.map(([name, value]) => `${symbolOf(name)} = ${valueWords(value)}`).join(', ')}</span>
  ) : null
}

function Row({ loss }: { loss: LossResult }) {
  const description = describe(loss)
  return (
    <tr>
      <th scope="row">
        <span class="loss-title">{loss.title}</span> <ParameterList parameters={loss.parameters} />
        {description && <span class="quiet">{description.use}</span>}
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

export function Losses({ run: { file, settings, report } }: { run: Run }) {
  const [loss, formula, mean] = text.losses.columns
  const save = () => {
    const rows = report.losses.map(({ name, key, title, parameters, mean }) => [name, key, title, JSON.stringify(parameters), mean])
    download(nameBeside(file.name, 'losses.csv'), csv(['name', 'key', 'title', 'parameters', 'mean'], rows), 'text/csv')
  }
  const tools = (
    <button type="button" class="button" onClick={save}>
      {text.figure.download} {text.losses.download}
    </button>
  )
  return (
    <Section id="losses-heading" heading={text.losses.heading} about={text.losses.about} tools={tools}>
      <Scroll label={text.figure.tableOf(text.losses.heading)}>
        <table class="losses">
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
              <Row key={loss.key} loss={loss} />
            ))}
          </tbody>
        </table>
      </Scroll>
      <p class="quiet legend">{text.losses.legend[report.task]}</p>
      <Parameters losses={report.losses} settings={settings} />
    </Section>
  )
}
