// Roles that a person gives columns, as what the reader is told: it knows names, the page positions.
import type { ColumnRole } from 'losskit/evaluate'
import type { ReadingSettings } from '../evaluation/protocol'

/** 'target': one label of several, where a label alone is the whole truth. */
export type ColumnUse = ColumnRole['role'] | 'target'

/** In the order of the lines they are shown in. */
export const uses: ColumnUse[] = ['label', 'target', 'score', 'weight', 'id', 'unused']

const withRole = (columns: ColumnRole[], role: ColumnRole['role']) => columns.filter((column) => column.role === role)

export function useOf(column: ColumnRole, columns: ColumnRole[]): ColumnUse {
  return column.role === 'label' && withRole(columns, 'label').length > 1 ? 'target' : column.role
}

const names = (columns: ColumnRole[]) => columns.map(({ column }) => column)

/** The columns of a role when one more has it, or no longer, in the order of the file. */
const changed = (columns: ColumnRole[], role: ColumnRole['role'], { index }: ColumnRole, has: boolean) =>
  columns.filter((column) => (column.index === index ? has : column.role === role))

/** What the truth is when a column is used so; undefined where that does not touch it. */
function truthFor(column: ColumnRole, use: ColumnUse, columns: ColumnRole[]): ReadingSettings {
  if (use === 'label') return { label: column.column, targets: undefined }
  if (use !== 'target' && column.role !== 'label') return {}
  const left = changed(columns, 'label', column, use === 'target')
  return left.length === 1 && use !== 'target'
    ? { label: left[0]?.column, targets: undefined }
    : { label: undefined, targets: left.length > 0 ? names(left) : undefined }
}

function scoresFor(column: ColumnRole, use: ColumnUse, columns: ColumnRole[]): ReadingSettings {
  if (use !== 'score' && column.role !== 'score') return {}
  return { columns: names(changed(columns, 'score', column, use === 'score')) }
}

/** A column that alone has a role, and loses it: there is none then. */
function singleFor(column: ColumnRole, use: ColumnUse, role: 'id' | 'weight'): ReadingSettings {
  if (use === role) return { [role]: column.column }
  return column.role === role ? { [role]: null } : {}
}

/** The settings with which a column is used so and all others stay what they are. */
export const settingsFor = (column: ColumnRole, use: ColumnUse, columns: ColumnRole[]): ReadingSettings => ({
  ...truthFor(column, use, columns),
  ...scoresFor(column, use, columns),
  ...singleFor(column, use, 'id'),
  ...singleFor(column, use, 'weight'),
})
