// How a table is understood: roles of the columns, task, classes and kind of score, each with its evidence.
import { DataError } from '../errors.js'
import { type Message, say } from '../message.js'
import { quoted } from './cells.js'
import { type Classes, findClasses } from './classes.js'
import { fieldsOf } from './columns.js'
import { evidenceOf } from './evidence.js'
import type { Memory } from './memory.js'
import type { Settings } from './options.js'
import type { Mapping, Task } from './report.js'
import { describeRoles, findRoles, type Roles } from './roles.js'
import { type Sample, takeSample } from './sample.js'
import { scoreWidth } from './scoreColumns.js'
import { findScoreKind } from './scoreKind.js'
import { type Selection, type TableReader, type Truth, truthWidth, widthOf } from './table.js'
import { taskNames } from './taskNames.js'

export interface Understanding {
  /** With a truth of targets 'multiClass' means probabilities of the classes. */
  task: Task
  mapping: Omit<Mapping, 'dialect'>
  selection: Selection
  sample: Sample
}

/** The task as far as the columns tell it; whether numbers for each class are one label or several, their values decide. */
function findTask({ truth, scores }: Roles, areTokens: boolean, file: string, wanted: Task | undefined): Task {
  const names = quoted(scores.columns.map(({ name }) => name))
  const width = scoreWidth(scores)
  const labels = truth.kind === 'targets' ? widthOf(fieldsOf(truth.columns)) : width
  if (labels !== width) {
    throw new DataError(
      say`there are ${labels} labels a row (${quoted(truth.columns.map(({ name }) => name))}) but ${width} scores (${names})`,
      {
        file,
      },
    )
  }
  if (width === 1 && truth.kind === 'tags') {
    throw new DataError(say`several labels a row need a score for each class, but there is only "${scores.columns[0].name}"`, { file })
  }
  const ofClasses = areTokens ? 'tokenClassification' : 'multiClass'
  const found = width === 1 ? 'binary' : truth.kind === 'tags' ? 'multiLabel' : ofClasses
  if (wanted === undefined || (wanted === 'binary') === (found === 'binary')) return wanted ?? found
  const needed = wanted === 'binary' ? say`one score column` : say`a score column for each class`
  throw new DataError(
    say`the task ${taskNames[wanted]} needs ${needed}, but there ${found === 'binary' ? say`is` : say`are`} ${names}: the option columns chooses them`,
    { file },
  )
}

/** How the truth is read at first; numbers for each class as they are. */
function firstTruth({ truth }: Roles, task: Task, classes: Classes): Truth {
  const column = truth.columns[0].index
  const names = classes.labelNames
  if (truth.kind === 'targets') {
    const fields = fieldsOf(truth.columns)
    return { kind: 'targets', fields: classes.order?.map((i) => fields[i]) ?? fields }
  }
  const areTags = truth.kind === 'tags' || task === 'multiLabel'
  return areTags
    ? { kind: 'tags', column, names, classes: classes.names.length, separator: truth.separator }
    : { kind: 'label', column, names }
}

interface Decision {
  task: Task
  truth: Truth
  evidence?: Message
}

/** What numbers for each class are, by the first rows: one-hot labels, probabilities of the classes or several labels a row. */
function decide(task: Task, truth: Truth, sample: Sample, file: string, wanted: Task | undefined): Decision {
  if (truth.kind !== 'targets') return { task, truth, evidence: truth.kind === 'tags' ? say`several labels a row` : undefined }
  const { areOneHot, areDistributions, areBinary } = sample
  if (task === 'binary') return { task, truth }
  if (wanted === 'multiLabel') return { task: wanted, truth, evidence: say`several labels a row` }
  if (areOneHot && truthWidth(truth) > 1)
    return { task, truth: { ...truth, kind: 'oneHot' }, evidence: say`one of them is 1 in each row: one-hot labels` }
  if (areDistributions) return { task, truth, evidence: say`they sum to 1 in each row: probabilities of the classes` }
  if (wanted === undefined) {
    const evidence = areBinary ? say`they are 0 and 1 and not always one of them is 1` : say`they lie in [0, 1] and do not sum to 1`
    return { task: 'multiLabel', truth, evidence: say`${evidence}: several labels a row` }
  }
  throw new DataError(
    say`the task ${taskNames[wanted]} needs one label a row, or probabilities that sum to 1, but the labels are several a row`,
    {
      file,
    },
  )
}

function describeTask({ truth, scores }: Roles, classes: Classes, decision: Decision, wanted: Task | undefined): Message {
  const width = scoreWidth(scores)
  const columns = width === 1 ? say`one score column` : scores.columns[0].lists ? say`${width} scores` : say`${width} score columns`
  const label = truth.columns.length === 1 ? say`the label column "${truth.columns[0].name}"` : say`${truth.columns.length} label columns`
  const found = [decision.evidence, classes.evidence].reduce<Message>(
    (found, more) => (more ? say`${found}; ${more}` : found),
    say`${columns} and ${label}`,
  )
  return wanted === undefined ? found : say`chosen by the caller; ${found}`
}

export async function understand(memory: Memory, table: TableReader, settings: Settings): Promise<Understanding> {
  const file = table.file.name
  const roles = findRoles(table.head, file, settings)
  const wanted = findTask(roles, table.head.areTokens ?? false, file, settings.task)
  const classes = findClasses(wanted, roles, file, settings)
  const first: Selection = {
    scores: fieldsOf(roles.scores.columns),
    truth: firstTruth(roles, wanted, classes),
    weight: roles.weight?.column.index,
    id: roles.id?.column.index,
    missing: settings.missing ?? 'error',
    precision: settings.precision ?? 'float32',
  }
  const sample = await takeSample(memory, table, first, settings.ignoreIndex)
  const decision = decide(wanted, first.truth, sample, file, settings.task)
  const mapping = {
    columns: describeRoles(roles),
    classNames: classes.names,
    scores: findScoreKind(sample, widthOf(first.scores), file, { ...settings, task: decision.task }),
    task: { kind: decision.task, ...evidenceOf(describeTask(roles, classes, decision, settings.task)) },
  }
  return { task: decision.task, mapping, selection: { ...first, truth: decision.truth }, sample }
}
