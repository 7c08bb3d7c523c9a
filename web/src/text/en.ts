import type { ColumnRole, Report, ScoreKind, Task } from 'losskit/evaluate'
import { integer, percent, significant } from '../format/number'

const tasks: Record<Task, string> = {
  binary: 'binary',
  multiClass: 'multi-class',
  multiLabel: 'multi-label',
  tokenClassification: 'token level',
}
const scoreKinds: Record<ScoreKind, string> = { logits: 'logits', probabilities: 'probabilities', logProbabilities: 'log-probabilities' }
const roles: Record<ColumnRole['role'], string> = { id: 'id', label: 'label', score: 'score', weight: 'weight', unused: 'not used' }

const plural = (count: number, one: string, many: string) => `${integer(count)} ${count === 1 ? one : many}`
const rows = (count: number) => plural(count, 'row', 'rows')

export const en = {
  name: 'Losskit',
  skip: 'Skip to the content',
  title: (file?: string) => (file ? `${file} · Losskit` : 'Losskit: exact losses from a file of predictions'),
  tasks,
  scoreKinds,
  roles,
  rows,

  opening: {
    heading: 'What is your model’s loss, exactly?',
    sentence: 'Drop a file of labels and scores: cross entropy, BCE, focal loss and GHM-C, in total and per class.',
    promise: 'Your file is not sent anywhere: it is read in this tab.',
    check: 'How to check that',
    proof: [
      'The page’s content security policy makes your browser refuse any connection to another address, and this page has no code that sends a file to its own. The policy in force:',
      'Open your browser’s developer tools, choose the network panel, and drop a file: nothing goes out.',
    ],
    drop: 'Drop a prediction file',
    anywhere: 'anywhere on this page',
    format: 'CSV or TSV, one row a prediction: its label and its scores',
    choose: 'Choose a file',
    orSample: 'Samples from real models',
    another: 'Open another file',
    letGo: 'Let go to read the file',
    curves:
      'Loss of one row by the probability p its true class was given: cross entropy, and focal loss for γ of 0.5, 1, 2 and 5, which is lower the more γ and the higher p.',
    curveNames: [
      ['entropy', 'cross entropy'],
      ['chosen', 'focal loss, γ = 2'],
      ['other', 'γ = 0.5, 1, 5'],
    ],
    probability: 'probability of the true class',
    loss: 'loss',
  },

  samples: {
    about: {
      'digits_logits.csv': 'Handwritten digits, 10 classes, 899 rows of logits',
      'cancer_scores.csv': 'Breast tumours, benign or malignant, 285 rows with one score',
    },
    failed: (reason: string) => `The sample could not be fetched from this site (${reason}). Check the connection and try again.`,
  },

  guide: {
    heading: 'Which loss goes with which task',
    columns: ['Task', 'Last layer', 'Loss', 'Classes out of balance', 'Your file'],
    noFile: 'Not read from files yet',
    rows: [
      {
        task: 'Binary',
        when: 'Yes or no: one score a row, the label is 0 or 1.',
        activation: 'sigmoid',
        loss: 'BCE with logits',
        balance: 'Sigmoid focal loss, GHM-C',
        file: 'y_true,score\n0,-4.31\n1,2.07',
      },
      {
        task: 'Multi-class',
        when: 'Exactly one of C classes: C scores a row, the label names one class.',
        activation: 'softmax',
        loss: 'Cross entropy',
        balance: 'Balanced cross entropy, softmax focal loss',
        file: 'label,p_cat,p_dog,p_fox\ndog,0.05,0.92,0.03\ncat,0.81,0.12,0.07',
      },
      {
        task: 'Multi-label',
        when: 'Any number of labels at once: each is a yes-or-no question of its own.',
        activation: 'sigmoid, one a label',
        loss: 'BCE with logits, or MultiLabelSoftMargin',
        balance: 'Sigmoid focal loss, GHM-C',
        file: undefined,
      },
    ],
  },

  working: {
    heading: (file: string) => `Reading ${file}`,
    amount: (done: string, total: string, count: number) => `${done} of ${total}, ${rows(count)}`,
    rate: (rate: string, left: string) => `${rate}/s, ${left} left`,
    cancel: 'Cancel',
  },

  announce: {
    reading: (file: string) => `Reading ${file}`,
    progress: (share: number) => `${share} percent read`,
    done: ({ rows: count, losses: [first], accuracy }: Report) =>
      `Done: ${rows(count)}. ${first ? `${first.title} ${significant(first.mean, 4)}. ` : ''}Accuracy ${percent(accuracy)}.`,
    cancelled: (file: string) => `Stopped reading ${file}. Nothing else changed.`,
    sorted: (column: string, direction: string) => `Sorted by ${column}, ${direction}`,
  },

  problem: {
    heading: (file: string) => `${file} could not be evaluated`,
    file: 'File',
    row: 'Row',
    line: 'Line',
    column: 'Column',
    excerpt: 'In the file',
    mendCell: 'Correct the cell, or leave out its row, and open the file again.',
    mendReading: 'If the file is right, say here what it holds. If not, correct it and open it again.',
    kept: 'What was shown before is still below.',
    restarted: 'The fault is the program’s. Its reader was restarted; the page and all that is shown are untouched.',
    unknown:
      'The reader stopped without saying why: the file may need more memory than this browser gives a page, or the reader could not be fetched from this site.',
    unreadable: 'The browser cannot read it: it was moved or changed since it was chosen, or it is a folder. Choose it again.',
    again: 'Read it differently',
    tryAgain: 'Try again',
    dismiss: 'Dismiss',
    oneAtATime: (count: number) => `${count} files were given, and one is read at a time. Give the one that holds both labels and scores.`,
  },

  result: {
    read: (size: string, time: string) => `${size} read in ${time}`,
    accuracy: 'Accuracy',
    rows: 'Rows',
    ignored: (count: number) => `${integer(count)} more ignored`,
    classes: 'Classes',
    labels: 'Labels',
    uniform: (classes: number) => `a uniform guess: ${significant(Math.log(classes), 4)}`,
    nats: 'mean, in nats',
    report: 'Download the report',
  },

  losses: {
    heading: 'Losses',
    about: 'Means over all rows, in nats, as PyTorch’s reduction “mean” gives them.',
    columns: ['Loss', 'Formula', 'Mean'],
    legend: {
      binary:
        'p is σ of the score, t the label (0 or 1), pₜ the probability given to the label; αₜ is α for label 1 and 1 − α for label 0. Of N rows, n share the gradient bin of the row; B bins are not empty.',
      multiClass: 'p is the softmax of the scores, y the true class, C the number of classes. Of N rows, n are of one class.',
      multiLabel:
        'p is σ of the score, t the label (0 or 1), pₜ the probability given to the label; αₜ is α for label 1 and 1 − α for label 0. Of N pairs of row and label, n share a gradient bin; B bins are not empty.',
      tokenClassification:
        'p is the softmax of the scores of a token, y its true class, C the number of classes. Of N tokens that count, n are of one class.',
    } satisfies Record<Task, string>,
    parameters: 'Parameters',
    names: { gamma: 'γ, focusing', alpha: 'α, weight of positives', bins: 'Bins of GHM-C', labelSmoothing: 'ε, label smoothing' },
    symbols: { gamma: 'γ', alpha: 'α', bins: 'bins', labelSmoothing: 'ε', weight: 'weight', momentum: 'momentum' } as Record<
      string,
      string
    >,
    download: 'CSV',
  },

  lossUse: {
    crossEntropy: 'The standard loss for one of several classes: how surprised the model is by the true one.',
    balanced: 'Every class counts the same, however rare. For when rare classes matter as much as common ones.',
    smoothed: 'Part of the target is spread over all classes. For labels that may be wrong, or a model that is too sure.',
    softmaxFocal: 'Rows the model already gets right count less. For when easy rows drown the hard ones.',
    bce: 'The standard loss for a yes-or-no question, asked of every row on its own.',
    sigmoidFocal: 'BCE in which easy rows count less. For few positives among very many easy negatives, as in detection.',
    ghmc: 'A row counts less the more rows have a gradient like its own. Calms the many easy rows and the outliers alike.',
    multiLabel: 'BCE of every label, averaged over the labels of a row, then over the rows.',
  },

  classes: {
    heading: { binary: 'Classes', multiClass: 'Classes', multiLabel: 'Labels', tokenClassification: 'Classes' } satisfies Record<
      Task,
      string
    >,
    about: 'How often each is the label, how often it is then found, and what it costs.',
    caption: 'One row a class. The head of a column sorts by it.',
    name: 'Class',
    count: 'Rows',
    share: 'Share',
    recall: 'Recall',
    ascending: 'ascending',
    descending: 'descending',
    download: 'CSV',
  },

  gradientNorm: {
    heading: 'Gradient norms',
    about:
      'How far each row pulls on the model: g = |σ(x) − t|, 0 where it is right and sure, 1 where it is wrong and sure. GHM‑C divides by how crowded a bin is.',
    counted: { binary: 'rows', multiClass: 'rows', multiLabel: 'pairs of row and label', tokenClassification: 'tokens' } satisfies Record<
      Task,
      string
    >,
    weight: 'GHM-C weight',
    axis: 'gradient norm g',
    scale: 'Scale',
    linear: 'linear',
    log: 'logarithmic',
    cursor: 'Bin of gradient norms. Arrow keys move from bin to bin.',
    bin: (from: string, to: string, last: boolean) => `${from} ≤ g ${last ? '≤' : '<'} ${to}`,
    reading: (bin: string, count: string, weight: string, loss: string) => `${bin}: ${count}, weight ${weight}, mean BCE ${loss}`,
    hint: 'Point at a bar, or focus the picture and use the arrow keys, to read its values.',
    columns: ['From', 'To', 'Count', 'GHM-C weight', 'Mean BCE'],
    loading: 'Drawing…',
    failed: 'The picture’s program could not be fetched. The table below holds the same values.',
  },

  figure: { table: 'As a table', tableOf: (heading: string) => `${heading}: table`, svg: 'SVG', csv: 'CSV', download: 'Download' },

  reading: {
    heading: 'How the file was read',
    about: 'What each column was taken for, and why. Wrong? Say so here: the file is evaluated again at once.',
    task: 'Task',
    scores: 'Scores',
    label: 'Label column',
    dialect: 'Format',
    automatic: 'Automatic',
    columns: ['Column', 'Taken as', 'Because'],
    span: (first: string, last: string, count: number) => `${first} … ${last} (${count} columns)`,
    preview: (count: number) => `First ${rows(count)} of the file`,
    nameless: (index: number) => `column ${index + 1}`,
  },
}
