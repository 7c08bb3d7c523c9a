// The first rows of the file under a switchboard: a line for each role, a column for each of the file's, one click to change one.
import type { ColumnRole, Mapping } from 'losskit/evaluate'
import { useRef, useState } from 'preact/hooks'
import { readDifferently } from '../app/session'
import { text } from '../text/text'
import { type ColumnUse, settingsFor, useOf, uses } from './roles'
import { Scroll } from './Scroll'

/** More columns than this are no preview; what they are taken for stands above. */
const most = 60

export const nameOf = ({ column, index }: ColumnRole) => column || text.reading.nameless(index)

/** Where the arrow keys lead from a place; undefined for other keys. */
function moved(key: string, line: number, at: number, columns: number): [line: number, at: number] | undefined {
  const steps: Record<string, [number, number]> = {
    ArrowUp: [line - 1, at],
    ArrowDown: [line + 1, at],
    ArrowLeft: [line, at - 1],
    ArrowRight: [line, at + 1],
    Home: [line, 0],
    End: [line, columns - 1],
  }
  const to = steps[key]
  return to && [Math.min(uses.length - 1, Math.max(0, to[0])), Math.min(columns - 1, Math.max(0, to[1]))]
}

interface DotProps {
  column: ColumnRole
  use: ColumnUse
  mapping: Mapping
  /** One of them all is a stop of the Tab key; the arrow keys lead to the others. */
  isStop: boolean
  onFocus: () => void
}

function Dot({ column, use, mapping: { columns }, isStop, onFocus }: DotProps) {
  const isOn = useOf(column, columns) === use
  // The reader knows columns by their names.
  const isFixed = column.column === ''
  return (
    <button
      type="button"
      class="dot"
      aria-label={text.reading.use(nameOf(column), text.roles[use])}
      aria-pressed={isOn}
      aria-disabled={isFixed || undefined}
      tabIndex={isStop ? 0 : -1}
      onFocus={onFocus}
      onClick={() => !isFixed && !isOn && void readDifferently(settingsFor(column, use, columns))}
    />
  )
}

export function Preview({ mapping, preview }: { mapping: Mapping; preview: string[][] }) {
  const columns = mapping.columns.slice(0, most)
  const [stop, setStop] = useState<[line: number, at: number]>([0, 0])
  const head = useRef<HTMLTableSectionElement>(null)
  const handleKey = (event: KeyboardEvent) => {
    const to = moved(event.key, ...stop, columns.length)
    if (!to) return
    event.preventDefault()
    const line = head.current?.querySelectorAll('tr.use')[to[0]]
    line?.querySelectorAll<HTMLElement>('.dot')[to[1]]?.focus()
  }
  return (
    <>
      <Scroll label={text.reading.preview(preview.length)}>
        <table class="preview">
          <caption>{text.reading.preview(preview.length)}</caption>
          <thead ref={head} onKeyDown={handleKey}>
            <tr>
              <td class="corner" />
              {columns.map((column) => (
                <th key={column.index} scope="col">
                  {nameOf(column)}
                </th>
              ))}
            </tr>
            {uses.map((use, line) => (
              <tr key={use} class={`use ${use}`}>
                <th scope="row">{text.roles[use]}</th>
                {columns.map((column, at) => (
                  <td key={column.index}>
                    <Dot
                      column={column}
                      use={use}
                      mapping={mapping}
                      isStop={stop[0] === line && stop[1] === at}
                      onFocus={() => setStop([line, at])}
                    />
                  </td>
                ))}
              </tr>
            ))}
          </thead>
          <tbody>
            {preview.map((cells, row) => (
              <tr key={row}>
                <th scope="row">{row + 1}</th>
                {columns.map((column) => (
                  <td key={column.index} class={column.role}>
                    {cells[column.index]}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      <p class="quiet legend">
        {text.reading.dots} {columns.length < mapping.columns.length && text.reading.moreColumns(mapping.columns.length - columns.length)}
      </p>
    </>
  )
}
