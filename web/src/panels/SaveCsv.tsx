import { type Cell, csv } from '../format/csv'
import { download } from '../format/download'
import { text } from '../text/text'

interface Props {
  /** Of the file. */
  name: string
  head: string[]
  /** Made when they are wanted. */
  rows: () => Cell[][]
  disabled?: boolean
}

/** Downloads a table. */
export function SaveCsv({ name, head, rows, disabled }: Props) {
  const save = () => download(name, csv(head, rows()), 'text/csv')
  return (
    <button type="button" class="plain" aria-label={`${text.figure.download} CSV`} onClick={save} disabled={disabled}>
      {text.figure.download} CSV
    </button>
  )
}
