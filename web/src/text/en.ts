import type { ColumnRole, Message, Report, ScoreKind, Task } from 'losskit/evaluate'
import { integer, percent, significant } from '../format/number'

const tasks: Record<Task, string> = {
  binary: 'binary',
  multiClass: 'multi-class',
  multiLabel: 'multi-label',
  tokenClassification: 'token classification',
}
const scoreKinds: Record<ScoreKind, string> = { logits: 'logits', probabilities: 'probabilities', logProbabilities: 'log-probabilities' }
const roles: Record<ColumnRole['role'] | 'target', string> = {
  id: 'id',
  label: 'label',
  target: 'multi-label',
  score: 'score',
  weight: 'weight',
  unused: 'not used',
}

const plural = (count: number, one: string, many: string) => `${integer(count)} ${count === 1 ? one : many}`
const rows = (count: number) => plural(count, 'row', 'rows')

export const en = {
  name: 'Losskit',
  documentation: 'Documentation',
  skip: 'Skip to the content',
  title: (file?: string) => (file ? `${file} · Losskit` : 'Losskit: exact losses from a file of predictions'),
  tasks,
  scoreKinds,
  roles,
  rows,
  /** A loss's own title; other languages have their own by its key. */
  lossTitle: (_key: string, title: string) => title,
  /** What the evaluation says, which has its English words with it. */
  said: (_said: Message, english: string) => english,
  dialect: (words: string) => words,

  update: {
    notice: 'A newer version of this page is ready. Taking it closes what is open here; your files stay where they are.',
    take: 'Take it now',
  },

  runs: {
    heading: 'Runs',
    compare: 'Compare',
    add: 'Compare with another run',
    remove: (name: string) => `Close ${name}`,
  },

  opening: {
    heading: 'What is your model’s loss, exactly?',
    sentence: 'Drop a file of labels and scores: cross entropy, BCE, focal loss and GHM-C, in total and per class.',
    promise: 'Your file is not sent anywhere: it is read in this tab.',
    check: 'How to check that',
    proof: [
      'The page’s content security policy makes your browser refuse any connection to another address, and this page has no code that sends a file to its own. The policy in force:',
      'Open your browser’s developer tools, choose the network panel, and drop a file: nothing goes out. Or switch the network off: the page’s own program is kept in your browser’s cache, and works without. Your file is kept nowhere.',
    ],
    drop: 'Drop a prediction file',
    anywhere: 'anywhere on this page',
    format:
      'CSV, JSON, NumPy, Parquet, Arrow, safetensors, .pt: one row a prediction, with its label and its scores. Several files are compared.',
    choose: 'Choose a file',
    paste: 'Or paste text',
    pasted: 'Text of a prediction file',
    readPasted: 'Read it',
    pastedName: 'pasted.csv',
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
      'digits_attributes.npz': 'Three attributes of handwritten digits, any number at once, 899 rows of logits',
      'punctuation_tokens.npz': 'What follows a word: nothing, a comma, a full stop or a colon; 8,016 tokens, −100 where none counts',
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
        file: 'y_cat,y_dog,p_cat,p_dog\n1,0,0.91,0.20\n1,1,0.64,0.88',
      },
    ],
  },

  working: {
    heading: (file: string) => `Reading ${file}`,
    amount: (done: string, total: string, count: number) => `${done} of ${total}, ${rows(count)}`,
    rate: (rate: string, left: string) => `${rate}/s, ${left} left`,
    cancel: 'Cancel',
    waiting: 'What you have chosen follows when it is read.',
  },

  announce: {
    reading: (file: string) => `Reading ${file}`,
    progress: (share: number) => `${share} percent read`,
    done: (report: Report) => {
      const [first] = report.losses
      return `Done: ${rows(report.rows)}. ${first ? `${first.title} ${significant(first.mean, 4)}. ` : ''}Accuracy ${percent(report.accuracy)}.`
    },
    cancelled: (file: string) => `Stopped reading ${file}. Nothing else changed.`,
    waiting: (file: string) => `What you have chosen follows when ${file} is read.`,
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
    restartedReader: 'The reader was restarted; the page and all that is shown are untouched.',
    unknown:
      'The reader stopped without saying why: the file may need more memory than this browser gives a page, or the reader could not be fetched from this site.',
    unreadable: 'The browser cannot read it: it was moved or changed since it was chosen, or it is a folder. Choose it again.',
    leaveOut: 'Leave out rows with missing values',
    again: 'Read it differently',
    tryAgain: 'Try again',
    dismiss: 'Dismiss',
    memory:
      'There is not enough memory for it in this browser. Close other tabs, or use the command line, which reads files of any size: npx losskit <file>.',
    readScores: (kind: string) => `Take the scores for ${kind}`,
    readWith: (words: string) => `Read it with ${words}`,
    list: {
      caption: (file: string) => `What is wrong with ${file}`,
      count: (count: number, isMore: boolean) => `${isMore ? 'More than ' : ''}${integer(count)} things are wrong with it.`,
      fault: 'What is wrong',
      remedy: 'How to mend it',
      more: 'There is more behind these rows, which is told when they are mended.',
    },
    count: (count: number) => plural(count, 'problem', 'problems'),
    tooMany: (count: number, most: number) => `${count} runs were given, and at most ${most} are compared at a time.`,
  },

  result: {
    read: (size: string, time: string) => `${size} read in ${time}`,
    spread: {
      binary: 'rows by the probability given to the true class, paler and red below one half; logarithmic',
      multiClass: 'rows by the probability given to the true class, paler and red below one half; logarithmic',
      multiLabel: 'labels of rows by the probability given to the truth, paler and red below one half; logarithmic',
      tokenClassification: 'tokens by the probability given to the true class, paler and red below one half; logarithmic',
    } satisfies Record<Task, string>,
    labelsFrom: (file: string) => `labels from ${file}`,
    accuracy: 'Accuracy',
    rows: 'Rows',
    ignored: (count: number) => `${integer(count)} more ignored`,
    classes: 'Classes',
    labels: 'Labels',
    uniform: (classes: number) => `a uniform guess: ${significant(Math.log(classes), 4)}`,
    nats: 'mean, in nats',
    tokens: 'Tokens',
    contents: 'Parts of the result',
    partial: 'first figures, more of the file is being read',
    failed: 'This part of the page could not be fetched from this site. Check the connection and load the page again.',
    nothing: 'No row counts',
    nothingBecause: (ignored: number, label: number) => (ignored > 0 ? `All ${rows(ignored)} have the ignored label ${label}.` : ''),
    nothingRemedy: 'Set another ignored label below, or take another column for the labels where it is said how the file was read.',
    leftOut: (count: number) => `${rows(count)} left out, as asked`,
    leftOutBecause: (reason: string, count: number, first: number[]) =>
      `${rows(count)}: ${reason} (${count === 1 ? 'row' : 'first rows'} ${first.map(integer).join(', ')})`,
  },

  losses: {
    heading: 'Losses',
    about: 'Over all rows, in nats, as PyTorch’s reductions “mean” and “sum” give them.',
    columns: ['Loss', 'Formula', 'Mean'],
    following: 'Updating: paler losses, pictures, classes and rows are still those of before, and follow in a moment.',
    legend: {
      tokenClassification:
        'p is the softmax of the scores of a token, y its true class, C the number of classes. Of N tokens that count, n are of one class.',
      binary:
        'p is σ of the score, t the label (0 or 1), pₜ the probability given to the label; αₜ is α for label 1 and 1 − α for label 0. Of N rows, n share the gradient bin of the row; B bins are not empty.',
      multiClass: 'p is the softmax of the scores, y the true class, C the number of classes. Of N rows, n are of one class.',
      multiLabel:
        'p is σ of the score, t the label (0 or 1), pₜ the probability given to the label; αₜ is α for label 1 and 1 − α for label 0. Of N pairs of row and label, n share a gradient bin; B bins are not empty.',
    } satisfies Record<Task, string>,
    parameters: 'Parameters',
    names: {
      gamma: 'γ, focusing',
      alpha: 'α, weight of positives',
      bins: 'Bins of GHM-C',
      labelSmoothing: 'ε, label smoothing',
      classWeight: 'Class weights',
      temperature: 'Temperature',
      ignoreIndex: 'Ignored label',
      eps: 'Least probability',
      momentum: 'Momentum of GHM-C',
    },
    reduction: 'Reduction',
    reductions: { mean: 'Mean', sum: 'Sum' },
    withAlpha: 'α on',
    gammas: 'More γ, in rows of their own',
    numberWanted: ({ min, max, step }: { min: number; max: number; step: number }) =>
      `A ${step < 1 ? 'number' : 'whole number'} from ${step < 1 ? min : integer(min)} to ${step < 1 ? max : integer(max)} is wanted`,
    gammasWanted: 'Numbers of 0 or more are wanted, with commas between them',
    renormalise: 'Rescale rows to sum 1',
    slider: (name: string) => `${name}, slider`,
    reset: 'Back to the defaults',
    common: 'For all losses',
    schemes: {
      balanced: 'balanced: N / (C · n)',
      effective: 'effective number of rows',
      complement: 'share of the other classes',
      own: 'my own…',
    },
    weights: (count: number) => `${integer(count)} weights, in the order of the classes`,
    weightsWanted: (count: number) => `${integer(count)} numbers of 0 or more are wanted, with commas between them`,
    symbols: {
      temperature: 'T',
      gamma: 'γ',
      alpha: 'α',
      bins: 'bins',
      labelSmoothing: 'ε',
      weight: 'weight',
      momentum: 'momentum',
    } as Record<string, string>,
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
    precision: 'Precision',
    ascending: 'ascending',
    descending: 'descending',
  },

  pictures: { heading: 'Pictures' },

  gradientNorm: {
    heading: 'Gradient norms',
    about:
      'How far each row pulls on the model: 0 where it is right and sure, 1 where it is wrong and sure. For a single score g = ⁠|⁠σ(x) − t|, for several classes g = 1 − p of the true one.',
    counted: { binary: 'rows', multiClass: 'rows', multiLabel: 'pairs of row and label', tokenClassification: 'tokens' } satisfies Record<
      Task,
      string
    >,
    axis: 'gradient norm g',
    scale: 'Scale',
    linear: 'linear',
    log: 'logarithmic',
    cursor: 'Bin of gradient norms. Arrow keys move from bin to bin.',
    bin: (from: string, to: string, last: boolean) => `${from} ≤ g ${last ? '≤' : '<'} ${to}`,
    reading: (bin: string, count: string, loss: string) => `${bin}: ${count}, mean loss ${loss}`,
    columns: { from: 'From', to: 'To', count: 'Count', meanLoss: 'Mean loss', density: 'Density', weight: 'GHM-C weight' },
  },

  ghm: {
    heading: 'Gradient density and GHM weights',
    about:
      'GHM-C divides by how crowded a bin is: rows among many alike count less, be they easy or outliers. Density is rows per unit of g, the weight is all rows by the rows of the bin.',
    density: 'gradient density',
    weight: 'GHM-C weight',
    cursor: 'Bin of GHM-C. Arrow keys move from bin to bin.',
    reading: (bin: string, count: string, density: string, weight: string) => `${bin}: ${count}, density ${density}, weight ${weight}`,
  },

  focal: {
    heading: 'Focal loss on your rows',
    about:
      'Above, what a row costs by the probability p its true class was given. Below, how many of your rows are there: where most are, a focal loss charges least.',
    loss: 'loss of a row',
    axis: 'probability p of the true class',
    entropy: 'cross entropy',
    focal: (gamma: string) => `focal loss, γ = ${gamma}`,
    entropyAt: 'Cross entropy in the middle',
    focalAt: (gamma: string) => `Focal loss in the middle, γ = ${gamma}`,
    cursor: 'Bin of probabilities. Arrow keys move from bin to bin.',
    bin: (from: string, to: string, last: boolean) => `${from} ≤ p ${last ? '≤' : '<'} ${to}`,
    reading: (bin: string, count: string, entropy: string, focal: string, gamma: string) =>
      `${bin}: ${count}; in its middle cross entropy costs ${entropy}, focal loss (γ = ${gamma}) ${focal}`,
  },

  lossDistribution: {
    heading: 'Losses of the rows',
    about: 'How the loss is spread over the rows. Bins grow from left to right: a few rows at the right often make most of the mean.',
    axis: (title: string) => title.toLowerCase(),
    cursor: 'Bin of losses. Arrow keys move from bin to bin.',
    reading: (title: string, from: string, to: string | undefined, count: string) =>
      to === undefined ? `${title} of ${from} or more: ${count}` : `${title} from ${from} to ${to}: ${count}`,
  },

  classBars: {
    heading: {
      binary: 'Class by class',
      multiClass: 'Class by class',
      multiLabel: 'Label by label',
      tokenClassification: 'Class by class',
    } satisfies Record<Task, string>,
    about: 'The classes side by side, the greatest first.',
    measure: 'Measure',
    cut: (shown: number, all: number) => `The first ${integer(shown)} of ${integer(all)}; the table further down has all of them.`,
    cursor: (measure: string) => `${measure} by class. Arrow keys move from class to class.`,
    reading: (name: string, measure: string, value: string) => `${name}: ${measure} ${value}`,
  },

  imbalance: {
    heading: {
      binary: 'Balance of the classes',
      multiClass: 'Balance of the classes',
      multiLabel: 'Balance of the labels',
      tokenClassification: 'Balance of the classes',
    } satisfies Record<Task, string>,
    about: 'How many rows each has. A mean over rows is mostly a mean over the classes at the top.',
    ratio: (ratio: string) => `The most common has ${ratio} times the rows of the least common.`,
    equal: 'All have the same number of rows.',
    absent: (count: number) => `${integer(count)} of them ${count === 1 ? 'has' : 'have'} no row at all, and do not count here.`,
  },

  confusion: {
    heading: 'Confusion matrix',
    about:
      'A line for each true class, and in it how many of its rows were taken for what. The stronger the colour, the greater the share of the line.',
    label: 'true class',
    predicted: 'predicted class',
    share: 'Share of the true class',
    cursor: 'Pair of true and predicted class. Arrow keys move in the matrix.',
    reading: (label: string, predicted: string, count: string, share: string) =>
      `${label} taken for ${predicted}: ${count}, ${share} of ${label}`,
  },

  topConfusions: {
    heading: 'Most common confusions',
    about: (classes: number) => `The pairs of classes that are mistaken most. ${integer(classes)} classes are too many for a matrix.`,
    cursor: 'Pair of true and predicted class. Arrow keys move from pair to pair.',
  },

  reliability: {
    heading: 'Reliability',
    about:
      'Of the predictions with a given confidence, how many are right; a dot stands at the mean confidence of its bin. Below the dashed line the model is surer than it should be.',
    confidence: 'Mean confidence',
    accuracy: 'accuracy',
    axis: 'confidence: probability of the predicted class',
    cursor: 'Bin of confidence. Arrow keys move from bin to bin.',
    reading: (from: string, to: string, count: string, confidence: string, accuracy: string) =>
      `confidence ${from} to ${to}: ${count}, confident ${confidence}, right ${accuracy}`,
    ece: (ece: string) => `Expected calibration error ${ece}.`,
    temperature: (value: string, before: string, after: string, ece: string) =>
      `Scores divided by a temperature of ${value} would have the least log loss: ${after} instead of ${before}, and a calibration error of ${ece}.`,
    take: (value: string) => `Compute with temperature ${value}`,
    undo: 'Back to temperature 1',
  },

  figure: {
    table: 'As a table',
    tableOf: (heading: string) => `${heading}: table`,
    download: 'Download',
    hint: 'Point, or use the arrow keys, to read values.',
    hintRows: 'Point, or use the arrow keys, to read values. A click or Enter shows the rows behind one.',
    nothing: 'There is nothing to show.',
    loading: 'Drawing…',
    failed: 'The program that draws could not be fetched. The table below holds the same values.',
    more: (count: number) => `${integer(count)} more are in the CSV.`,
    filtered: (words: string) => `Rows below: ${words}`,
    seeRows: 'See these rows',
  },

  rowsPanel: {
    heading: 'Rows',
    about: 'Single rows with what the model gave them. The head of a column sorts, the fields choose, and a click in a picture does too.',
    aboutHardest: 'The rows with the greatest loss. All rows can be looked at where the file fits into memory.',
    which: 'Which rows',
    kinds: { all: 'By loss', labelErrors: 'Likely label errors' },
    labelErrorsAbout:
      'Rows that the model gives another class with as much confidence as it gives that class’s own rows on average: look at their labels first (confident learning: Northcutt, Jiang and Chuang 2021).',
    noClass: 'none',
    wrong: '(wrong)',
    noLabelErrors: 'No row looks as if its label were wrong.',
    columns: {
      row: 'Row',
      line: 'Line',
      id: 'Id',
      label: 'True class',
      predicted: 'Predicted class',
      probability: 'Probability of the true class',
      confidence: 'Confidence',
      loss: 'Loss',
      gradientNorm: 'Gradient norm',
    },
    filter: 'Which rows to show',
    any: 'any',
    by: 'Range of',
    from: 'from',
    to: 'to, without it',
    numberWanted: 'A number is wanted',
    within: 'within it',
    withinMean: 'the mean over the labels',
    withinAny: 'one of the labels',
    clear: 'Show all rows',
    none: 'No row is like that.',
    range: (from: number, to: number, total: number) => `${integer(from)} to ${integer(to)} of ${integer(total)}`,
    previous: 'Previous',
    next: 'Next',
    save: (count: number) => `Download ${rows(count)} as CSV`,
  },

  compare: {
    heading: (count: number) => `${count} runs compared`,
    about: 'On the same rows, in the same order.',
    working: 'Comparing…',
    failed: 'The runs could not be compared',
    sideBySide: 'Side by side',
    sideBySideAbout: 'Every loss of every run; the better one is marked.',
    measure: 'Measure',
    best: '(best)',
    pairs: 'Differences',
    pairsAbout:
      'Row by row, one run minus the other, with the interval that holds the difference in 95 of 100 resamplings of the rows (Poisson bootstrap).',
    pair: 'Runs',
    difference: 'Difference',
    interval: '95% interval',
    verdict: 'Verdict',
    better: (name: string) => `${name} is better`,
    undecided: 'could be chance',
    perClass: 'Class by class',
    perClassAbout: 'The mean loss for the rows of each class in every run. The lowest is marked; the others say how much higher they are.',
    disagreements: 'Where they disagree',
    disagreementsAbout: 'Rows that the runs predict differently, those with the most different losses first.',
    noDisagreements: 'All runs predict the same for every row.',
    lossOf: (loss: string) => `loss ${loss}`,
  },

  share: {
    heading: 'Share',
    about: 'The result as a file, and the same numbers by other means. None of this sends anything.',
    json: 'Report as JSON',
    markdown: 'As Markdown',
    html: 'As a page of its own',
    link: 'Copy the link with these settings',
    linkAbout: 'The link holds the parameters of the losses, and nothing from the file: who opens it drops a file of their own.',
    madeBy: 'Computed with Losskit. Losses are means in nats.',
    asCode: 'The same in code',
    kinds: { command: 'Command line', javascript: 'JavaScript', python: 'Python (PyTorch)' },
    copy: 'Copy',
    wasCopied: 'Copied',
    copied: (what: string) => `Copied: ${what}`,
    notCopied: 'The browser did not allow it. Select the text and copy it.',
    noPython: 'There is a Python script for delimited text, .npz files and pairs of .npy files without rows that were left out.',
  },

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
    use: (column: string, role: string) => `${column}: ${role}`,
    dots: 'A click on a dot uses the column so; with the keyboard, the arrow keys move and Enter chooses.',
    moreColumns: (count: number) => `${integer(count)} more columns are not shown.`,
    nameless: (index: number) => `column ${index + 1}`,
  },
}
