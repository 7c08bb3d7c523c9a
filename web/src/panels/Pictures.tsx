// The pictures of a run. Those whose part of the report is not there are not shown.
import type { Report } from 'losskit/evaluate'
import { useMemo, useState } from 'preact/hooks'
import { change, type Run } from '../app/session'
import { classBarsChart } from '../charts/classBars'
import { confusionChart } from '../charts/confusion'
import { Figure } from '../charts/Figure'
import { focalChart } from '../charts/focal'
import { ghmChart, gradientNormChart } from '../charts/gradientNorms'
import { lossDistributionChart } from '../charts/lossDistribution'
import { reliabilityChart } from '../charts/reliability'
import { topConfusionsChart } from '../charts/topConfusions'
import { percent, short, significant } from '../format/number'
import { languageNow, text } from '../text/text'
import { classMeasures, countMeasure } from './classMeasures'

function ScaleChoice({ id, isLog, onChange }: { id: string; isLog: boolean; onChange: (isLog: boolean) => void }) {
  return (
    <fieldset class="switch">
      <legend>{text.gradientNorm.scale}</legend>
      {[false, true].map((value) => (
        <label key={String(value)}>
          <input type="radio" name={`${id}-scale`} checked={isLog === value} onChange={() => onChange(value)} />
          {value ? text.gradientNorm.log : text.gradientNorm.linear}
        </label>
      ))}
    </fieldset>
  )
}

interface Props<Part extends keyof Report> {
  fileName: string
  report: Report & Required<Pick<Report, Part>>
}

function GradientNorms({ fileName, report }: Props<'gradientNorm'>) {
  const [isLog, setLog] = useState(true)
  const chart = useMemo(() => gradientNormChart(report, isLog), [report, isLog, languageNow()])
  const controls = <ScaleChoice id="gradient-norms" isLog={isLog} onChange={setLog} />
  return <Figure chart={chart} about={text.gradientNorm.about} fileName={fileName} controls={controls} />
}

function Ghm({ fileName, report }: Props<'ghm'>) {
  const chart = useMemo(() => ghmChart(report), [report, languageNow()])
  return <Figure chart={chart} about={text.ghm.about} fileName={fileName} />
}

function Focal({ fileName, report, gamma }: Props<'probabilityDistribution'> & { gamma: number }) {
  const [isLog, setLog] = useState(true)
  const chart = useMemo(() => focalChart(report, gamma, isLog), [report, gamma, isLog, languageNow()])
  const controls = <ScaleChoice id="focal" isLog={isLog} onChange={setLog} />
  return <Figure chart={chart} about={text.focal.about} fileName={fileName} controls={controls} />
}

function LossDistribution({ fileName, report }: Props<'lossDistribution'>) {
  const [isLog, setLog] = useState(true)
  const { key } = report.lossDistribution
  const title = text.lossTitle(key, report.losses.find((loss) => loss.key === key)?.title ?? key)
  const chart = useMemo(() => lossDistributionChart(report, title, isLog), [report, title, isLog])
  const controls = <ScaleChoice id="loss-distribution" isLog={isLog} onChange={setLog} />
  return <Figure chart={chart} about={text.lossDistribution.about} fileName={fileName} controls={controls} />
}

function ClassBars({ fileName, report }: Props<'classes'>) {
  const measures = classMeasures(report).filter(({ key }) => key !== 'count' && key !== 'share')
  const [key, setKey] = useState<string | undefined>()
  const measure = measures.find((each) => each.key === key) ?? measures.find((each) => each.key === report.losses[0]?.key) ?? measures[0]
  const chart = useMemo(
    () => measure && classBarsChart('class-bars', text.classBars.heading[report.task], report, measure),
    [report, measure?.key, languageNow()],
  )
  if (!chart) return null
  const controls = (
    <label>
      {text.classBars.measure}
      <select value={measure?.key} onChange={(event) => setKey(event.currentTarget.value)}>
        {measures.map(({ key, title }) => (
          <option key={key} value={key}>
            {title}
          </option>
        ))}
      </select>
    </label>
  )
  return (
    <Figure chart={chart} about={text.classBars.about} fileName={fileName} controls={controls}>
      <Cut chart={chart} report={report} />
    </Figure>
  )
}

/** Says so where there are more classes than bars. */
function Cut({ chart: { items }, report: { classes } }: { chart: { items: unknown[] }; report: Pick<Report, 'classes'> }) {
  return items.length < classes.length ? <p class="legend quiet">{text.classBars.cut(items.length, classes.length)}</p> : null
}

/** How far from equal the numbers of rows are, of classes that have any. */
function balanceWords(counts: number[]): string {
  const present = counts.filter((count) => count > 0)
  const ratio = Math.max(...present) / Math.min(...present)
  const absent = counts.length - present.length
  return [
    present.length > 1 && (ratio === 1 ? text.imbalance.equal : text.imbalance.ratio(short(ratio, 3))),
    absent > 0 && text.imbalance.absent(absent),
  ]
    .filter(Boolean)
    .join(' ')
}

function ClassCounts({ fileName, report }: Props<'classes'>) {
  const chart = useMemo(
    () => classBarsChart('class-counts', text.imbalance.heading[report.task], report, countMeasure(report), text.classes.share),
    [report, languageNow()],
  )
  const balance = balanceWords(report.classes.map(({ count }) => count))
  return (
    <Figure chart={chart} about={text.imbalance.about} fileName={fileName}>
      <Cut chart={chart} report={report} />
      {balance && <p class="legend quiet">{balance}</p>}
    </Figure>
  )
}

function Confusion({ fileName, report, counts }: Props<'confusion'> & { counts: number[][] }) {
  const chart = useMemo(() => confusionChart(report, counts), [report, counts, languageNow()])
  return <Figure chart={chart} about={text.confusion.about} fileName={fileName} />
}

function TopConfusions({ fileName, report }: Props<'topConfusions'>) {
  const chart = useMemo(() => topConfusionsChart(report), [report, languageNow()])
  return <Figure chart={chart} about={text.topConfusions.about(report.classes.length)} fileName={fileName} />
}

function Reliability({ fileName, report, run }: Props<'calibration'> & { run: Run }) {
  const { calibration } = report
  const chart = useMemo(() => reliabilityChart(report, calibration), [report, languageNow()])
  const { temperature, ece } = calibration
  const isSet = run.settings.temperature !== undefined && run.settings.temperature !== 1
  const first = report.losses[0]
  return (
    <Figure chart={chart} about={text.reliability.about} fileName={fileName}>
      <p class="legend">
        {text.reliability.ece(percent(ece, 2))}{' '}
        {temperature &&
          first &&
          text.reliability.temperature(
            short(temperature.value),
            significant(first.mean, 4),
            significant(temperature.loss, 4),
            percent(temperature.ece, 2),
          )}
      </p>
      {temperature && (
        <p class="tools">
          <button type="button" class="button" onClick={() => change({ temperature: Number(temperature.value.toPrecision(3)) })}>
            {text.reliability.take(short(temperature.value, 3))}
          </button>
          {isSet && (
            <button type="button" class="button" onClick={() => change({ temperature: 1 })}>
              {text.reliability.undo}
            </button>
          )}
        </p>
      )}
    </Figure>
  )
}

/** The focusing parameter that the shown focal loss has. */
function gammaOf({ settings, report }: Run): number {
  const shown = report.losses.map(({ parameters }) => parameters.gamma).find((gamma) => typeof gamma === 'number')
  return settings.gamma ?? (typeof shown === 'number' ? shown : 2)
}

const has = <Part extends keyof Report>(report: Report, part: Part): report is Report & Required<Pick<Report, Part>> =>
  report[part] !== undefined && report[part] !== null

export function Pictures({ run }: { run: Run }) {
  const { name, report } = run
  return (
    <>
      {has(report, 'gradientNorm') && <GradientNorms fileName={name} report={report} />}
      {has(report, 'ghm') && <Ghm fileName={name} report={report} />}
      {has(report, 'probabilityDistribution') && <Focal fileName={name} report={report} gamma={gammaOf(run)} />}
      {has(report, 'lossDistribution') && <LossDistribution fileName={name} report={report} />}
      <ClassCounts fileName={name} report={report} />
      <ClassBars fileName={name} report={report} />
      {report.confusion && <Confusion fileName={name} report={report} counts={report.confusion.counts} />}
      {!report.confusion && report.topConfusions.length > 0 && <TopConfusions fileName={name} report={report} />}
      {has(report, 'calibration') && <Reliability fileName={name} report={report} run={run} />}
    </>
  )
}
