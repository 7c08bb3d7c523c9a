// One picture with all that belongs to it: reading by pointer and keys, the rows behind an item, its table and its files.
import type { RowQuery } from 'losskit/evaluate'
import type { ComponentChildren } from 'preact'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { announce } from '../app/announcer'
import { filter } from '../app/session'
import { csv } from '../format/csv'
import { download, nameBeside, saveAs } from '../format/download'
import { goTo } from '../panels/goTo'
import { Scroll } from '../panels/Scroll'
import { Section } from '../panels/Section'
import { text } from '../text/text'
import type { Chart, Plotting } from './chart'
import { type Drawing, drawingOf } from './drawing'
import { isNear, later } from './later'
import { pictureText, pngOf } from './picture'
import { useWidth } from './useWidth'

interface Props<Item> {
  chart: Chart<Item>
  about: string
  /** Of the files that are downloaded. */
  fileName: string
  /** Choices of what is shown. */
  controls?: ComponentChildren
  /** Below the picture. */
  children?: ComponentChildren
}

let plotting: Promise<Plotting> | undefined

export const fetchPlotting = () => {
  plotting ??= import('./plotting')
  return plotting
}

/** The library, when it is there; 'failed' when it cannot be fetched. */
function usePlotting(): Plotting | 'loading' | 'failed' {
  const [state, setState] = useState<{ is: Plotting | 'loading' | 'failed' }>({ is: 'loading' })
  useEffect(() => {
    fetchPlotting().then(
      (is) => setState({ is }),
      () => {
        plotting = undefined
        setState({ is: 'failed' })
      },
    )
  }, [])
  return state.is
}

/** A longer table is in the CSV. */
const longest = 300

function Table<Item>({ chart }: { chart: Chart<Item> }) {
  const shown = chart.items.slice(0, longest)
  return (
    <>
      <Scroll label={text.figure.tableOf(chart.heading)}>
        <table class="values">
          <caption class="visually-hidden">{chart.heading}</caption>
          <thead>
            <tr>
              {chart.columns.map(({ key, title }) => (
                <th key={key} scope="col">
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((item, index) => (
              <tr key={index}>
                {chart.columns.map((column) => {
                  const value = column.value(item)
                  const words = column.words?.(item) ?? String(value ?? '–')
                  return (
                    <td key={column.key} class={typeof value === 'string' ? undefined : 'number'}>
                      <data data-value={`${chart.id}.${column.key}`} value={String(value ?? '')}>
                        {words}
                      </data>
                    </td>
                  )
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      {shown.length < chart.items.length && <p class="quiet">{text.figure.more(chart.items.length - shown.length)}</p>}
    </>
  )
}

function chooseRows(query: RowQuery, source: string, words: string) {
  filter.value = { query, source }
  announce(text.figure.filtered(words))
}

interface PlotProps<Item> {
  chart: Chart<Item>
  plotting: Plotting
}

/** The steps of the keys. */
function stepped(key: string, at: number, count: number, across: number): number | undefined {
  const up = across === 1 ? at + 1 : at - across
  const down = across === 1 ? at - 1 : at + across
  const steps: Record<string, number> = { ArrowRight: at + 1, ArrowLeft: at - 1, ArrowDown: down, ArrowUp: up, Home: 0, End: count - 1 }
  const to = steps[key]
  return to === undefined ? undefined : Math.min(count - 1, Math.max(0, to))
}

function PlotArea<Item>({ chart, plotting }: PlotProps<Item>) {
  const { ref, width } = useWidth<HTMLDivElement>(0)
  const place = useRef<HTMLDivElement>(null)
  const [drawing, setDrawing] = useState<Drawing | undefined>()
  const [cursor, setCursor] = useState<number | undefined>()
  useLayoutEffect(() => {
    const element = place.current
    if (width === 0 || !element) return
    const draw = () => {
      const drawn = drawingOf(chart, plotting, { width, isNarrow: width < 480 })
      element.replaceChildren(drawn.svg)
      setDrawing(drawn)
    }
    if (!isNear(element)) return later(draw)
    draw()
    return undefined
  }, [chart, plotting, width])

  const { items, across = 1 } = chart
  const item = cursor === undefined ? undefined : items[cursor]
  const words = item === undefined ? '' : chart.read(item)
  const query = item === undefined ? undefined : chart.rows?.(item)
  const box = cursor === undefined ? undefined : drawing?.boxes[cursor]

  const itemAt = (event: MouseEvent) => {
    const { left, top } = (event.currentTarget as Element).getBoundingClientRect()
    const x = event.clientX - left
    const y = event.clientY - top
    const index = drawing?.boxes.findIndex((box) => x >= box.x && x < box.x + box.width && y >= box.y && y < box.y + box.height)
    return index === undefined || index < 0 ? undefined : index
  }
  const choose = (index: number | undefined) => {
    const chosen = index === undefined ? undefined : items[index]
    const rows = chosen === undefined ? undefined : chart.rows?.(chosen)
    if (chosen !== undefined && rows) chooseRows(rows, chart.id, chart.read(chosen))
  }
  const handleKey = (event: KeyboardEvent) => {
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault()
      choose(cursor)
      return
    }
    const to = stepped(event.key, cursor ?? -1, items.length, across)
    if (to === undefined) return
    event.preventDefault()
    setCursor(to)
  }
  if (items.length === 0) return <p class="quiet">{text.figure.nothing}</p>
  return (
    <>
      <p class="readout">{words || (chart.rows ? text.figure.hintRows : text.figure.hint)}</p>
      <div
        ref={ref}
        class={query ? 'plot leads' : 'plot'}
        role="slider"
        tabIndex={0}
        aria-label={chart.cursor}
        aria-valuemin={1}
        aria-valuemax={items.length}
        aria-valuenow={(cursor ?? 0) + 1}
        aria-valuetext={chart.read(items[cursor ?? 0] as Item)}
        onKeyDown={handleKey}
        onFocus={() => setCursor(cursor ?? 0)}
        onBlur={() => setCursor(undefined)}
        onPointerMove={(event) => setCursor(itemAt(event))}
        onPointerLeave={() => setCursor(undefined)}
        onClick={(event) => choose(itemAt(event))}
      >
        <div ref={place} class="drawn" />
        {box && (
          <svg class="cursor" width={width} height="100%" aria-hidden="true">
            <rect x={box.x} y={box.y} width={box.width} height={box.height} />
          </svg>
        )}
      </div>
    </>
  )
}

function Files<Item>({
  chart,
  fileName,
  isDrawn,
  svg,
}: {
  chart: Chart<Item>
  fileName: string
  isDrawn: boolean
  svg: () => SVGSVGElement | null | undefined
}) {
  const name = (ending: string) => nameBeside(fileName, `${chart.id}.${ending}`)
  const saveTable = () => {
    const rows = chart.items.map((item) => chart.columns.map(({ value }) => value(item)))
    download(
      name('csv'),
      csv(
        chart.columns.map(({ key }) => key),
        rows,
      ),
      'text/csv',
    )
  }
  const savePicture = () => {
    const picture = svg()
    if (picture) download(name('svg'), pictureText(picture), 'image/svg+xml')
  }
  const savePng = async () => {
    const picture = svg()
    if (picture) saveAs(name('png'), await pngOf(picture))
  }
  const button = (kind: string, save: () => void, needsPicture: boolean) => (
    <button type="button" class="plain" aria-label={`${text.figure.download} ${kind}`} onClick={save} disabled={needsPicture && !isDrawn}>
      {kind}
    </button>
  )
  return (
    <span class="files">
      <span aria-hidden="true">{text.figure.download}</span> {button('SVG', savePicture, true)} {button('PNG', savePng, true)}{' '}
      {button('CSV', saveTable, false)}
    </span>
  )
}

export function Figure<Item>({ chart, about, fileName, controls, children }: Props<Item>) {
  const plotting = usePlotting()
  const frame = useRef<HTMLElement>(null)
  const [isOpen, setOpen] = useState(false)
  const isDrawn = typeof plotting !== 'string'
  const files = (
    <Files chart={chart} fileName={fileName} isDrawn={isDrawn} svg={() => frame.current?.querySelector<SVGSVGElement>('.drawn > svg')} />
  )
  return (
    <Section id={`${chart.id}-heading`} heading={chart.heading} about={about} tools={files}>
      <figure ref={frame} id={chart.id}>
        {controls && <div class="choices">{controls}</div>}
        {isDrawn ? <PlotArea chart={chart} plotting={plotting} /> : <p class="quiet picture">{text.figure[plotting]}</p>}
        {children}
        <details open={plotting === 'failed' || isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
          <summary>{text.figure.table}</summary>
          {(isOpen || plotting === 'failed') && <Table chart={chart} />}
        </details>
        {filter.value.source === chart.id && (
          <p class="leading">
            <button type="button" class="button" onClick={() => goTo('rows-heading')}>
              {text.figure.seeRows}
            </button>
          </p>
        )}
      </figure>
    </Section>
  )
}
