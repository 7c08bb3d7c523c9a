import type { GradientNorm } from 'losskit/evaluate'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Run } from '../app/session'
import type { GradientNormPicture } from '../charts/GradientNormPicture'
import { pictureText } from '../charts/picture'
import { csv } from '../format/csv'
import { download, nameBeside } from '../format/download'
import { integer, short, significant } from '../format/number'
import { text } from '../text/text'
import { Scroll } from './Scroll'
import { Section } from './Section'

type Rows = [from: number, to: number, count: number, weight: number, meanLoss: number | null][]

const rowsOf = ({ edges, counts, weights, meanLoss }: GradientNorm): Rows =>
  counts.map((count, bin) => [edges[bin] ?? 0, edges[bin + 1] ?? 1, count, weights[bin] ?? 0, meanLoss[bin] ?? null])

function Table({ rows }: { rows: Rows }) {
  return (
    <Scroll label={text.figure.tableOf(text.gradientNorm.heading)}>
      <table class="bins">
        <thead>
          <tr>
            {text.gradientNorm.columns.map((column) => (
              <th key={column} scope="col" class="number">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(([from, to, count, weight, meanLoss], bin) => (
            <tr key={bin}>
              <td class="number">{short(from)}</td>
              <td class="number">{short(to)}</td>
              <td class="number">
                <data data-bin={bin} value={String(count)}>
                  {integer(count)}
                </data>
              </td>
              <td class="number">{significant(count === 0 ? null : weight, 5)}</td>
              <td class="number">{significant(meanLoss, 5)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  )
}

/** The picture's component; its library is fetched when the first picture is shown. */
function usePicture(): typeof GradientNormPicture | 'loading' | 'failed' {
  const [state, setState] = useState<{ picture: typeof GradientNormPicture | 'loading' | 'failed' }>({ picture: 'loading' })
  useEffect(() => {
    import('../charts/GradientNormPicture').then(
      (module) => setState({ picture: module.GradientNormPicture }),
      () => setState({ picture: 'failed' }),
    )
  }, [])
  return state.picture
}

function ScaleChoice({ log, onChange }: { log: boolean; onChange: (log: boolean) => void }) {
  return (
    <fieldset class="switch">
      <legend>{text.gradientNorm.scale}</legend>
      {[false, true].map((value) => (
        <label key={String(value)}>
          <input type="radio" name="gradient-norm-scale" checked={log === value} onChange={() => onChange(value)} />
          {value ? text.gradientNorm.log : text.gradientNorm.linear}
        </label>
      ))}
    </fieldset>
  )
}

export function GradientNorms({ run: { file, report }, gradientNorm }: { run: Run; gradientNorm: GradientNorm }) {
  const [log, setLog] = useState(true)
  const Picture = usePicture()
  const frame = useRef<HTMLDivElement>(null)
  const rows = rowsOf(gradientNorm)
  const saveTable = () =>
    download(nameBeside(file.name, 'gradient-norms.csv'), csv(['from', 'to', 'count', 'weight', 'mean_bce'], rows), 'text/csv')
  const savePicture = () => {
    const svg = frame.current?.querySelector('svg')
    if (svg) download(nameBeside(file.name, 'gradient-norms.svg'), pictureText(svg), 'image/svg+xml')
  }
  const tools = (
    <>
      <button type="button" class="button" onClick={savePicture} disabled={typeof Picture === 'string'}>
        {text.figure.download} {text.figure.svg}
      </button>
      <button type="button" class="button" onClick={saveTable}>
        {text.figure.download} {text.figure.csv}
      </button>
    </>
  )
  return (
    <Section id="gradient-norms-heading" heading={text.gradientNorm.heading} about={text.gradientNorm.about} tools={tools}>
      <figure>
        <ScaleChoice log={log} onChange={setLog} />
        <div ref={frame} class="picture">
          {typeof Picture === 'string' ? (
            <p class="quiet">{text.gradientNorm[Picture]}</p>
          ) : (
            <Picture gradientNorm={gradientNorm} log={log} count={text.gradientNorm.counted[report.task]} />
          )}
        </div>
        <details open={Picture === 'failed'}>
          <summary>{text.figure.table}</summary>
          <Table rows={rows} />
        </details>
      </figure>
    </Section>
  )
}
