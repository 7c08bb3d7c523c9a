import type { LossResult } from 'losskit/evaluate'
import { writeAddress } from '../app/address'
import { reduction as chosen, type Reduction, reductions } from '../app/reduction'
import { aheadOf, change, isBehind, isUpdating, type Run } from '../app/session'
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
function Row({ loss, run, isFirst, reduction }: { loss: LossResult; run: Run; isFirst: boolean; reduction: Reduction }) {
  const mean = isFirst ? 'mean' : 'mean minor'
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
        <data class={isBehind(run, loss.key) ? `${mean} behind` : mean} data-loss={loss.key} value={String(loss[reduction] ?? '')}>
          {significant(loss[reduction])}
        </data>
      </td>
    </tr>
  )
}

function ReductionChoice({ value, onChange }: { value: Reduction; onChange: (value: Reduction) => void }) {
  return (
    <fieldset class="switch">
      <legend>{text.losses.reduction}</legend>
      {reductions.map((each) => (
        <label key={each}>
          <input type="radio" name="reduction" checked={value === each} onChange={() => onChange(each)} />
          {text.losses.reductions[each]}
        </label>
      ))}
    </fieldset>
  )
}

export function Losses({ run: shown }: { run: Run }) {
  const run = aheadOf(shown)
  const { name, report } = run
  const reduction = chosen.value
  const setReduction = (value: Reduction) => {
    chosen.value = value
    writeAddress(run.settings)
  }
  const [loss, formula] = text.losses.columns
  const tools = (
    <SaveCsv
      name={nameBeside(name, 'losses.csv')}
      head={['name', 'key', 'title', 'parameters', 'mean', 'sum', 'weight']}
      rows={() =>
        report.losses.map(({ name, key, title, parameters, mean, sum, weight }) => [
          name,
          key,
          title,
          JSON.stringify(parameters),
          mean,
          sum,
          weight,
        ])
      }
    />
  )
  return (
    <Section id="losses-heading" heading={text.losses.heading} about={text.losses.about} tools={tools}>
      <Common run={run} onChange={change} />
      <ReductionChoice value={reduction} onChange={setReduction} />
      <Scroll label={text.figure.tableOf(text.losses.heading)}>
        <table class="losses stacking" aria-busy={isUpdating.value}>
          <thead>
            <tr>
              <th scope="col">{loss}</th>
              <th scope="col">{formula}</th>
              <th scope="col" class="number">
                {text.losses.reductions[reduction]}
              </th>
            </tr>
          </thead>
          <tbody>
            {report.losses.map((loss) => (
              <Row key={loss.key} loss={loss} run={run} isFirst={isFirst(report.losses, loss)} reduction={reduction} />
            ))}
          </tbody>
        </table>
      </Scroll>
      <div class={run.ahead ? 'notes ahead' : 'notes'}>
        <p class="legend">{text.losses.following}</p>
        <p class="quiet legend">{text.losses.legend[report.task]}</p>
      </div>
    </Section>
  )
}
