import type { ColumnRole, Mapping } from 'losskit/evaluate'
import { type Run, readDifferently, work } from '../app/session'
import type { ReadingSettings } from '../evaluation/protocol'
import { text } from '../text/text'
import { Choice, type Choices, scoreChoices, taskChoices } from './Choice'
import { Scroll } from './Scroll'
import { Section } from './Section'

const nameOf = ({ column, index }: ColumnRole) => column || text.reading.nameless(index)

/** Neighbours with the same role for the same reason, as one line. */
function grouped(columns: ColumnRole[]): ColumnRole[][] {
  const groups: ColumnRole[][] = []
  for (const column of columns) {
    const group = groups.at(-1)
    if (group?.[0]?.role === column.role && group[0].evidence === column.evidence) group.push(column)
    else groups.push([column])
  }
  return groups
}

function spanOf(group: ColumnRole[]): string {
  const [first] = group
  const last = group.at(-1)
  if (!first || !last) return ''
  return group.length > 2 ? text.reading.span(nameOf(first), nameOf(last), group.length) : group.map(nameOf).join(', ')
}

function Roles({ mapping }: { mapping: Mapping }) {
  return (
    <Scroll label={text.figure.tableOf(text.reading.heading)}>
      <table class="roles">
        <thead>
          <tr>
            {text.reading.columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {grouped(mapping.columns).map((group) => (
            <tr key={group[0]?.index}>
              <th scope="row">
                <code>{spanOf(group)}</code>
              </th>
              <td>
                <span class={`role ${group[0]?.role}`}>{text.roles[group[0]?.role ?? 'unused']}</span>
              </td>
              <td class="quiet">{group[0]?.evidence}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  )
}

type Role = ColumnRole['role']

/** Roles that a person can give a column. */
const roles: Role[] = ['label', 'score', 'unused']

const scoresWithout = (columns: ColumnRole[], index: number) =>
  columns.filter((column) => column.role === 'score' && column.index !== index).map(({ column }) => column)

/** What to say to the reader so that a column has a role. */
function settingsFor({ column, index }: ColumnRole, role: Role, { columns }: Mapping): ReadingSettings {
  if (role === 'label') return { label: column }
  if (role === 'unused') return { columns: scoresWithout(columns, index) }
  const scores = columns.filter((each) => each.role === 'score' || each.index === index)
  return { columns: scores.map(({ column }) => column) }
}

/** The role of a column, to be changed on the spot. */
function RoleChoice({ column, mapping }: { column: ColumnRole; mapping: Mapping }) {
  const isFixed = column.column === '' || (column.role === 'label' && mapping.columns.length < 3)
  if (isFixed) return <span class={`role ${column.role}`}>{text.roles[column.role]}</span>
  const offered = roles.includes(column.role) ? roles : [column.role, ...roles]
  const allowed = column.role === 'score' ? offered : offered.filter((role) => role !== 'unused' || column.role === 'unused')
  return (
    <select
      class={`role ${column.role}`}
      aria-label={text.reading.roleOf(nameOf(column))}
      title={column.evidence}
      value={column.role}
      onChange={({ currentTarget }) => void readDifferently(settingsFor(column, currentTarget.value as Role, mapping))}
    >
      {allowed.map((role) => (
        <option key={role} value={role}>
          {text.roles[role]}
        </option>
      ))}
    </select>
  )
}

function Preview({ mapping, preview }: { mapping: Mapping; preview: string[][] }) {
  const { columns } = mapping
  return (
    <Scroll label={text.reading.preview(preview.length)}>
      <table class="preview">
        <caption>{text.reading.preview(preview.length)}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.index} scope="col">
                {nameOf(column)}
                <RoleChoice column={column} mapping={mapping} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {preview.map((cells, row) => (
            <tr key={row}>
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
  )
}

function Settings({ run: { settings, report } }: { run: Run }) {
  const { mapping } = report
  const label = mapping.columns.find(({ role }) => role === 'label')
  const columns: Choices<string> = mapping.columns.filter(({ column }) => column).map(({ column }) => [column, column])
  return (
    <div class="choices" data-busy={work.value !== undefined}>
      <Choice
        label={text.reading.task}
        choices={taskChoices()}
        value={settings.task}
        found={text.tasks[mapping.task.kind]}
        onChange={(task) => void readDifferently({ task })}
      />
      <Choice
        label={text.reading.scores}
        choices={scoreChoices()}
        value={settings.scores}
        found={text.scoreKinds[mapping.scores.kind]}
        onChange={(scores) => void readDifferently({ scores })}
      />
      <Choice
        label={text.reading.label}
        choices={columns}
        value={settings.label}
        found={label?.column}
        onChange={(label) => void readDifferently({ label })}
      />
    </div>
  )
}

/** The mapping of the file's columns, with the evidence, and the means to correct it. */
export function Reading({ run }: { run: Run }) {
  const { mapping } = run.report
  return (
    <Section id="reading-heading" heading={text.reading.heading} about={text.reading.about}>
      <dl class="evidence">
        <div>
          <dt>{text.reading.task}</dt>
          <dd>
            {text.tasks[mapping.task.kind]} <span class="quiet">{mapping.task.evidence}</span>
          </dd>
        </div>
        <div>
          <dt>{text.reading.scores}</dt>
          <dd>
            {text.scoreKinds[mapping.scores.kind]} <span class="quiet">{mapping.scores.evidence}</span>
          </dd>
        </div>
        <div>
          <dt>{text.reading.dialect}</dt>
          <dd>{mapping.dialect}</dd>
        </div>
      </dl>
      <Settings run={run} />
      <Roles mapping={mapping} />
      {run.preview.length > 0 && <Preview mapping={mapping} preview={run.preview} />}
    </Section>
  )
}
