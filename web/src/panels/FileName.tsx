import { Fragment } from 'preact'
import { partsOf } from '../format/names'

/** The name of a file in a narrow place: its lines end between its words. */
export function FileName({ name }: { name: string }) {
  return (
    <>
      {partsOf(name).map((part, index) => (
        <Fragment key={index}>
          {index > 0 && <wbr />}
          <span class="name-part">{part}</span>
        </Fragment>
      ))}
    </>
  )
}
