// The rows themselves: those that cost most, those whose label is likely wrong, and whatever part of them a person asks for.
import type { RowMeasure, RowPage, RowQuery, RowResult } from 'losskit/evaluate'
import { useEffect, useRef, useState } from 'preact/hooks'
import { asFailure, failureWords, filter, type Run, rowsOf } from '../app/session'
import { type Cell, csv } from '../format/csv'
import { download, nameBeside } from '../format/download'
import { integer, significant } from '../format/number'
import { text } from '../text/text'
import { Field, renewFields } from './Field'
import { classWords, Predicted } from './Predicted'
import { Scroll } from './Scroll'
import { Section } from './Section'
import { type Order, SortHead } from './SortHead'

const perPage = 25
/** Of an export. More rows than a spreadsheet shows are no help to read. */
const mostExported = 1_000_000
const measures: RowMeasure[] = ['loss', 'probability', 'confidence', 'gradientNorm']

type Kind = 'all' | 'labelErrors'

const isMeasure = (key: string): key is RowMeasure => (measures as string[]).includes(key)

/** Milliseconds without a change of the losses after which rows are looked for: looking through a million would hold up the next change. */
const rest = 300

interface Found {
  page?: RowPage
  problem?: string
}

/** The rows a query gives, from the worker; while it computes, those before stay, and are told to be behind. */
function usePage(run: Run, query: RowQuery): Found & { isBehind: boolean } {
  const wanted = JSON.stringify(query)
  const [state, setState] = useState<Found & { report?: Run['report']; query?: string }>({})
  const known = useRef<Run['report'] | undefined>(undefined)
  useEffect(() => {
    let isWanted = true
    const { report } = run
    const isMoving = known.current !== undefined && known.current !== report
    known.current = report
    const show = (found: Found) => isWanted && setState({ ...found, report, query: wanted })
    if (run.isPartial) {
      show({ page: { total: report.hardest?.length ?? 0, rows: report.hardest ?? [] } })
      return
    }
    const look = () =>
      rowsOf(run, query).then(
        (page) => show({ page }),
        (error) => {
          const failure = asFailure(error)
          // Of a session that is closed: another one follows.
          if (failure.failure.kind !== 'cancelled') show({ problem: failureWords(failure) })
        },
      )
    const timer = setTimeout(look, isMoving ? rest : 0)
    return () => {
      isWanted = false
      clearTimeout(timer)
    }
  }, [run.id, run.report, wanted])
  return { ...state, isBehind: state.report !== run.report || state.query !== wanted }
}

interface Column {
  key: keyof RowResult
  isNumber: boolean
}

/** The line stands last: on a phone the loss is to be seen without a swipe. */
function columnsOf(rows: RowResult[]): Column[] {
  const all: Column[] = [
    { key: 'row', isNumber: true },
    { key: 'id', isNumber: false },
    { key: 'label', isNumber: false },
    { key: 'predicted', isNumber: false },
    ...measures.map((key): Column => ({ key, isNumber: true })),
    { key: 'line', isNumber: true },
  ]
  return all.filter(({ key }) => (key !== 'id' && key !== 'line') || rows.some((row) => row[key] !== undefined))
}

function words(row: RowResult, key: keyof RowResult): string {
  const value = row[key]
  if (value === undefined) return ''
  if (typeof value === 'string') return key === 'id' ? value : classWords(value)
  return key === 'row' || key === 'line' ? integer(value) : significant(value, 4)
}

function Value({ row, of }: { row: RowResult; of: keyof RowResult }) {
  const value = (
    <data data-row={of} value={String(row[of] ?? '')}>
      {words(row, of)}
    </data>
  )
  return of === 'predicted' ? <Predicted isRight={row.predicted === row.label}>{value}</Predicted> : value
}

function Table({ rows, order, onOrder }: { rows: RowResult[]; order?: Order; onOrder?: (order: Order) => void }) {
  const columns = columnsOf(rows)
  return (
    <Scroll label={text.figure.tableOf(text.rowsPanel.heading)}>
      <table class="rows">
        <caption class="visually-hidden">{text.rowsPanel.heading}</caption>
        <thead>
          <tr>
            {columns.map(({ key, isNumber }) =>
              onOrder && isMeasure(key) ? (
                <SortHead key={key} id={key} title={text.rowsPanel.columns[key]} order={order} onOrder={onOrder} numeric />
              ) : (
                <th key={key} scope="col" class={isNumber ? 'number' : undefined}>
                  {text.rowsPanel.columns[key]}
                </th>
              ),
            )}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.row}>
              {columns.map(({ key, isNumber }) => (
                <td key={key} class={isNumber ? 'number' : 'name'}>
                  <Value row={row} of={key} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  )
}

function exportRows(name: string, ending: string, rows: RowResult[]) {
  const columns = columnsOf(rows)
  const cells = rows.map((row) => columns.map(({ key }): Cell => row[key] ?? null))
  download(
    nameBeside(name, ending),
    csv(
      columns.map(({ key }) => key),
      cells,
    ),
    'text/csv',
  )
}

interface FilterProps {
  names: string[]
  /** Whether bounds can be those of a single label. */
  hasLabels: boolean
  query: RowQuery
  onChange: (query: RowQuery) => void
}

function ClassChoice({
  label,
  names,
  value,
  onChange,
}: {
  label: string
  names: string[]
  value?: string
  onChange: (value?: string) => void
}) {
  return (
    <label>
      {label}
      <select value={value ?? ''} onChange={(event) => onChange(event.currentTarget.value || undefined)}>
        <option value="">{text.rowsPanel.any}</option>
        {names.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </label>
  )
}

function Bound({ label, value, onChange }: { label: string; value?: number; onChange: (value?: number) => void }) {
  return (
    <span class="bound">
      <Field
        label={label}
        value={String(value ?? '')}
        limits={{ step: 'any' }}
        fault={({ validity }) => (validity.badInput ? text.rowsPanel.numberWanted : '')}
        take={({ value, valueAsNumber }) => onChange(value === '' ? undefined : valueAsNumber)}
      />
    </span>
  )
}

function Within({ query, onChange }: Pick<FilterProps, 'query' | 'onChange'>) {
  return (
    <label>
      {text.rowsPanel.within}
      <select
        value={query.within ?? 'mean'}
        onChange={({ currentTarget }) => onChange({ ...query, within: currentTarget.value as RowQuery['within'] })}
      >
        <option value="mean">{text.rowsPanel.withinMean}</option>
        <option value="any">{text.rowsPanel.withinAny}</option>
      </select>
    </label>
  )
}

function Filter({ names, hasLabels, query, onChange }: FilterProps) {
  const set = (change: RowQuery) => onChange({ ...query, ...change })
  const showAll = () => {
    renewFields()
    onChange({})
  }
  const isFiltered = [query.label, query.predicted, query.from, query.to].some((value) => value !== undefined)
  return (
    <fieldset class="choices">
      <legend class="visually-hidden">{text.rowsPanel.filter}</legend>
      <ClassChoice label={text.rowsPanel.columns.label} names={names} value={query.label} onChange={(label) => set({ label })} />
      <ClassChoice
        label={text.rowsPanel.columns.predicted}
        names={names}
        value={query.predicted}
        onChange={(predicted) => set({ predicted })}
      />
      <label>
        {text.rowsPanel.by}
        <select
          value={query.by ?? 'loss'}
          onChange={({ currentTarget }) => set({ by: currentTarget.value as RowMeasure, from: undefined, to: undefined })}
        >
          {measures.map((measure) => (
            <option key={measure} value={measure}>
              {text.rowsPanel.columns[measure]}
            </option>
          ))}
        </select>
      </label>
      <Bound label={text.rowsPanel.from} value={query.from} onChange={(from) => set({ from })} />
      <Bound label={text.rowsPanel.to} value={query.to} onChange={(to) => set({ to })} />
      {hasLabels && <Within query={query} onChange={onChange} />}
      {isFiltered && (
        <button type="button" class="button" onClick={showAll}>
          {text.rowsPanel.clear}
        </button>
      )}
    </fieldset>
  )
}

function Pager({ total, offset, onChange }: { total: number; offset: number; onChange: (offset: number) => void }) {
  const last = Math.min(total, offset + perPage)
  return (
    <div class="pager">
      <span aria-live="polite">{total === 0 ? text.rowsPanel.none : text.rowsPanel.range(offset + 1, last, total)}</span>
      <div class="turns">
        <button type="button" class="button" disabled={offset === 0} onClick={() => onChange(Math.max(0, offset - perPage))}>
          {text.rowsPanel.previous}
        </button>
        <button type="button" class="button" disabled={last >= total} onClick={() => onChange(offset + perPage)}>
          {text.rowsPanel.next}
        </button>
      </div>
    </div>
  )
}

function All({ run }: { run: Run }) {
  const { query } = filter.value
  const [offset, setOffset] = useState(0)
  useEffect(() => setOffset(0), [filter.value])
  const { page, problem, isBehind } = usePage(run, { ...query, offset, limit: perPage })
  const order = { key: query.by ?? 'loss', descending: query.sort !== 'ascending' }
  const set = (changed: RowQuery) => {
    filter.value = { query: changed }
  }
  const sortBy = ({ key, descending }: Order) => {
    // Bounds belong to the measure they were given for.
    const bounds = key === (query.by ?? 'loss') ? {} : { from: undefined, to: undefined }
    set({ ...query, ...bounds, by: key as RowMeasure, sort: descending ? 'descending' : 'ascending' })
  }
  const save = async () => exportRows(run.name, 'rows.csv', (await rowsOf(run, { ...query, limit: mostExported })).rows)
  const names = run.report.classes.map(({ name }) => name)
  return (
    <>
      <Filter names={names} hasLabels={run.isKept && run.report.task === 'multiLabel'} query={query} onChange={set} />
      {problem && <p role="alert">{problem}</p>}
      <div aria-busy={isBehind}>
        {page && page.rows.length > 0 && <Table rows={page.rows} order={order} onOrder={sortBy} />}
        {page && (
          <div class="rows-end">
            <Pager total={page.total} offset={offset} onChange={setOffset} />
            <button type="button" class="plain" disabled={run.isPartial} onClick={save}>
              {text.rowsPanel.save(Math.min(mostExported, page.total))}
            </button>
          </div>
        )}
      </div>
    </>
  )
}

function LabelErrors({ run: { name, report } }: { run: Run }) {
  const rows = report.labelErrors ?? []
  return (
    <>
      <p class="quiet legend">{text.rowsPanel.labelErrorsAbout}</p>
      {rows.length === 0 ? (
        <p>{text.rowsPanel.noLabelErrors}</p>
      ) : (
        <>
          <Table rows={rows} />
          <p>
            <button type="button" class="plain" onClick={() => exportRows(name, 'label-errors.csv', rows)}>
              {text.rowsPanel.save(rows.length)}
            </button>
          </p>
        </>
      )}
    </>
  )
}

export function Rows({ run }: { run: Run }) {
  const [kind, setKind] = useState<Kind>('all')
  // What a picture has chosen is among all rows.
  useEffect(() => setKind('all'), [filter.value])
  const kinds: Kind[] = run.report.task === 'multiLabel' ? ['all'] : ['all', 'labelErrors']
  return (
    <Section id="rows-heading" heading={text.rowsPanel.heading} about={run.isKept ? text.rowsPanel.about : text.rowsPanel.aboutHardest}>
      {kinds.length > 1 && (
        <fieldset class="switch">
          <legend class="visually-hidden">{text.rowsPanel.which}</legend>
          {kinds.map((each) => (
            <label key={each}>
              <input type="radio" name="rows-kind" checked={kind === each} onChange={() => setKind(each)} />
              {text.rowsPanel.kinds[each]}
            </label>
          ))}
        </fieldset>
      )}
      {kind === 'all' ? <All run={run} /> : <LabelErrors run={run} />}
    </Section>
  )
}
