import type { ColumnRole, Mapping } from 'losskit/evaluate'
import { chosenIn, type Run, readDifferently, work } from '../app/session'
import { text } from '../text/text'
import { Choice, scoreChoices, taskChoices } from './Choice'
import { nameOf, Preview } from './Preview'
import { Scroll } from './Scroll'
import { Section } from './Section'

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
              <td class="quiet">{group[0] && text.said(group[0].said, group[0].evidence)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  )
}

function Settings({ run }: { run: Run }) {
  const { mapping } = run.report
  const chosen = chosenIn(run)
  return (
    <div class="choices" data-busy={work.value !== undefined}>
      <Choice
        label={text.reading.task}
        choices={taskChoices()}
        value={chosen.task}
        found={text.tasks[mapping.task.kind]}
        onChange={(task) => void readDifferently({ task })}
      />
      <Choice
        label={text.reading.scores}
        choices={scoreChoices()}
        value={chosen.scores}
        found={text.scoreKinds[mapping.scores.kind]}
        onChange={(scores) => void readDifferently({ scores })}
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
            {text.tasks[mapping.task.kind]} <span class="quiet">{text.said(mapping.task.said, mapping.task.evidence)}</span>
          </dd>
        </div>
        <div>
          <dt>{text.reading.scores}</dt>
          <dd>
            {text.scoreKinds[mapping.scores.kind]} <span class="quiet">{text.said(mapping.scores.said, mapping.scores.evidence)}</span>
          </dd>
        </div>
        <div>
          <dt>{text.reading.dialect}</dt>
          <dd>{text.dialect(mapping.dialect)}</dd>
        </div>
      </dl>
      <Settings run={run} />
      <Roles mapping={mapping} />
      {run.preview.length > 0 && <Preview mapping={mapping} preview={run.preview} />}
    </Section>
  )
}
