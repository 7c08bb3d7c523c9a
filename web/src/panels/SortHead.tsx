import { announce } from '../app/announcer'
import { text } from '../text/text'

export interface Order {
  key: string
  descending: boolean
}

interface Props {
  id: string
  title: string
  order?: Order
  onOrder: (order: Order) => void
  numeric: boolean
}

/** The head of a column that sorts by it. */
export function SortHead({ id, title, order, onOrder, numeric }: Props) {
  const active = order?.key === id
  const sort = () => {
    // Numbers are most often looked at from the largest; names from the first.
    const descending = active ? !order.descending : numeric
    onOrder({ key: id, descending })
    announce(text.announce.sorted(title, descending ? text.classes.descending : text.classes.ascending))
  }
  return (
    <th scope="col" class={numeric ? 'number' : undefined} aria-sort={active ? (order.descending ? 'descending' : 'ascending') : undefined}>
      <button type="button" class="sort" onClick={sort}>
        {title}
        <svg viewBox="0 0 10 10" width="10" height="10" aria-hidden="true">
          {active ? <path d={order.descending ? 'M1 3h8L5 8z' : 'M1 7h8L5 2z'} /> : <path class="idle" d="M2 4h6L5 1zM2 6h6L5 9z" />}
        </svg>
      </button>
    </th>
  )
}
