// How far apart every two runs are, and how surely.
import type { Comparison, RunPair } from 'losskit/evaluate'
import { signed } from '../format/number'
import { text } from '../text/text'
import { Interval, Scale } from './Difference'
import { FileName } from './FileName'
import { names, shortNames } from './runNames'
import { SaveCsv } from './SaveCsv'
import { Scroll } from './Scroll'
import { Section } from './Section'

/** What a pair says in a sentence: an interval that holds 0 says that either may be better. */
function verdictOf({ a, b, low, high, key }: RunPair): string {
  if (low <= 0 && high >= 0) return text.compare.undecided
  const isABetter = key === 'accuracy' ? low > 0 : high < 0
  return text.compare.better(shortNames()[isABetter ? a : b] ?? '')
}

export function Pairs({ comparison: { pairs, reports } }: { comparison: Comparison }) {
  const keys = [...new Set(pairs.map(({ key }) => key))]
  const titleOf = (key: string) => {
    const loss = reports[0]?.losses.find((each) => each.key === key)
    return loss ? text.lossTitle(key, loss.title) : text.result.accuracy
  }
  const rows = () => pairs.map(({ key, a, b, difference, low, high }) => [key, names()[a] ?? '', names()[b] ?? '', difference, low, high])
  const tools = <SaveCsv name="differences.csv" head={['measure', 'run', 'minus', 'difference', 'low', 'high']} rows={rows} />
  return (
    <Section id="pairs-heading" heading={text.compare.pairs} about={text.compare.pairsAbout} tools={tools}>
      {keys.map((key) => {
        const some = pairs.filter((pair) => pair.key === key)
        const reach = Math.max(...some.flatMap(({ low, high }) => [Math.abs(low), Math.abs(high)]))
        return (
          <Scroll key={key} label={text.figure.tableOf(titleOf(key))}>
            <table class="pairs">
              <caption>{titleOf(key)}</caption>
              <thead>
                <tr>
                  <th scope="col">{text.compare.pair}</th>
                  <th scope="col">{text.compare.verdict}</th>
                  <th scope="col" class="number">
                    {text.compare.difference}
                  </th>
                  <th scope="col" class="number">
                    {text.compare.interval}
                  </th>
                  <td class="difference-cell">
                    <Scale reach={reach} />
                  </td>
                </tr>
              </thead>
              <tbody>
                {some.map((pair) => (
                  <tr key={`${pair.a}-${pair.b}`}>
                    <th scope="row">
                      <FileName name={shortNames()[pair.a] ?? ''} /> − <FileName name={shortNames()[pair.b] ?? ''} />
                    </th>
                    <td class="verdict">{verdictOf(pair)}</td>
                    <td class="number">
                      <data data-pair={`${key}.${pair.a}.${pair.b}`} value={String(pair.difference)}>
                        {signed(pair.difference)}
                      </data>
                    </td>
                    <td class="number">
                      {signed(pair.low)} … {signed(pair.high)}
                    </td>
                    <td class="difference-cell">
                      <Interval {...pair} reach={reach} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </Scroll>
        )
      })}
    </Section>
  )
}
