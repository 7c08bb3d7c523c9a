// How a table is understood: roles of the columns, task, classes and kind of score, each with its evidence.
import { DataError } from '../errors.js'
import { type Classes, findClasses } from './classes.js'
import { quoted } from './columns.js'
import type { Memory } from './memory.js'
import type { Settings } from './options.js'
import type { Mapping, Task } from './report.js'
import { describeRoles, findRoles, type Roles } from './roles.js'
import { type Sample, takeSample } from './sample.js'
import { findScoreKind } from './scoreKind.js'
import type { Selection, TableReader } from './table.js'

export interface Understanding {
  task: Exclude<Task, 'multiLabel' | 'tokenClassification'>
  mapping: Omit<Mapping, 'dialect'>
  selection: Selection
  sample: Sample
}

function findTask({ scores }: Roles, file: string, wanted: Task | undefined): Understanding['task'] {
  const names = quoted(scores.columns.map(({ name }) => name))
  const found = scores.columns.length === 1 ? 'binary' : 'multiClass'
  if (wanted === undefined || wanted === found) return found
  if (wanted === 'multiLabel') {
    throw new DataError('several labels a row cannot be evaluated: what can be has one label column, with the true class of the row', {
      file,
    })
  }
  const needed = wanted === 'binary' ? 'one score column' : 'a score column for each class'
  throw new DataError(
    `the task ${wanted} needs ${needed}, but there ${found === 'binary' ? 'is' : 'are'} ${names}: the option columns chooses them`,
    { file },
  )
}

function describeTask({ label, scores }: Roles, classes: Classes, wanted: Task | undefined): string {
  const columns = scores.columns.length === 1 ? 'one score column' : `${scores.columns.length} score columns`
  const found = `${columns} and the label column "${label.column.name}"; ${classes.evidence}`
  return wanted === undefined ? found : `chosen by the caller; ${found}`
}

export async function understand(memory: Memory, table: TableReader, settings: Settings): Promise<Understanding> {
  const file = table.file.name
  const roles = findRoles(table.head, file, settings)
  const task = findTask(roles, file, settings.task)
  const classes = findClasses(task, roles, file, settings)
  const selection: Selection = {
    label: roles.label.column.index,
    scores: roles.scores.columns.map(({ index }) => index),
    labelNames: classes.labelNames,
  }
  const sample = await takeSample(memory, table, selection, settings.ignoreIndex)
  const mapping = {
    columns: describeRoles(roles),
    classNames: classes.names,
    scores: findScoreKind(sample, selection.scores.length, file, settings),
    task: { kind: task, evidence: describeTask(roles, classes, settings.task) },
  }
  return { task, mapping, selection, sample }
}
