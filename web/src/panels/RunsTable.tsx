// A table with a column for each run that is compared.
import type { ComponentChildren } from 'preact'
import { FileName } from './FileName'
import { Scroll } from './Scroll'

interface Parts {
  label: string
  /** Head of the first column. */
  first: string
  runs: string[]
  children: ComponentChildren
}

export function RunsTable({ label, first, runs, children }: Parts) {
  return (
    <Scroll label={label}>
      <table class="compared">
        <thead>
          <tr>
            <th scope="col">{first}</th>
            {runs.map((name, index) => (
              <th key={index} scope="col" class="number">
                <FileName name={name} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </Scroll>
  )
}
