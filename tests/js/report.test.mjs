// Every number of a report beside its formula, worked in double by plain loops.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { classWeights, load } from 'losskit'
import { evaluate, open } from 'losskit/evaluate'
import { fileOf, meansOf, samples, textFile } from './tables.mjs'

const sum = (values) => values.reduce((total, value) => total + value, 0)
const mean = (values) => sum(values) / values.length

function assertClose(actual, wanted, what, tolerance = 2e-6) {
  if (wanted === null) return assert.equal(actual, null, what)
  const error = Math.abs(actual - wanted)
  assert.ok(actual === wanted || error <= tolerance * Math.max(Math.abs(wanted), 1e-9), `${what}: ${actual}, not ${wanted}`)
}

function table(name) {
  const [head, ...lines] = readFileSync(`${samples}/${name}`, 'utf8').trim().split('\n')
  const names = head.split(',')
  return lines.map((line) => Object.fromEntries(line.split(',').map((cell, i) => [names[i], cell])))
}

function softmax(scores) {
  const greatest = Math.max(...scores)
  const terms = scores.map((x) => Math.exp(x - greatest))
  return terms.map((term) => term / sum(terms))
}

/** Rows with their probabilities, as 32-bit scores have them. */
const digits = table('digits_logits.csv').map((row, i) => {
  const scores = Array.from({ length: 10 }, (_, c) => Math.fround(Number(row[`logit_${c}`])))
  const p = softmax(scores)
  const label = Number(row.label)
  const predicted = p.indexOf(Math.max(...p))
  return { row: i + 1, id: row.id, scores, p, label, predicted, confidence: p[predicted], loss: -Math.log(p[label]), miss: 1 - p[label] }
})

const cancer = table('cancer_scores.csv').map((row, i) => {
  const x = Math.fround(Number(row.score))
  const label = Number(row.y_true)
  const positive = 1 / (1 + Math.exp(-x))
  const hit = label === 1 ? positive : 1 / (1 + Math.exp(x))
  const predicted = x > 0 ? 1 : 0
  return { row: i + 1, scores: [x], label, predicted, confidence: Math.max(positive, 1 - positive), loss: -Math.log(hit), miss: 1 - hit }
})

function counted(values, edges) {
  const counts = Array(edges.length - 1).fill(0)
  for (const value of values)
    counts[
      Math.max(
        edges.findLastIndex((edge) => value >= edge),
        0,
      )
    ]++
  return counts
}

const unitEdges = (bins) => Array.from({ length: bins + 1 }, (_, i) => (i === bins ? 1.1 : i / bins))

function calibrationError(rows, bins = 15) {
  const gaps = Array(bins).fill(0)
  for (const { confidence, label, predicted } of rows)
    gaps[Math.min(Math.floor(confidence * bins), bins - 1)] += confidence - (label === predicted)
  return sum(gaps.map(Math.abs)) / rows.length
}

/** By golden section. */
function leastOf(f, low, high) {
  const ratio = (Math.sqrt(5) - 1) / 2
  for (let i = 0; i < 200; i++) {
    const left = high - ratio * (high - low)
    const right = low + ratio * (high - low)
    if (f(left) < f(right)) high = right
    else low = left
  }
  return (low + high) / 2
}

function assertCommon(report, rows, classes) {
  assert.equal(report.rows, rows.length)
  assertClose(report.accuracy, mean(rows.map(({ label, predicted }) => Number(label === predicted))), 'accuracy')
  report.classes.forEach((result, c) => {
    const own = rows.filter(({ label }) => label === c)
    const taken = rows.filter(({ predicted }) => predicted === c)
    assert.equal(result.count, own.length)
    assert.equal(result.predicted, taken.length)
    assertClose(result.share, own.length / rows.length, 'share')
    assertClose(result.accuracy, mean(own.map(({ predicted }) => Number(predicted === c))), 'recall')
    assertClose(result.precision, mean(taken.map(({ label }) => Number(label === c))), 'precision')
    assertClose(result.losses[report.losses[0].key], mean(own.map(({ loss }) => loss)), 'loss of a class')
  })
  const confusion = classes.map((_, label) =>
    classes.map((_, predicted) => rows.filter((row) => row.label === label && row.predicted === predicted).length),
  )
  assert.deepEqual(report.confusion, { counts: confusion })
  const pairs = confusion.flatMap((counts, label) =>
    counts.map((count, predicted) => ({ label: classes[label], predicted: classes[predicted], rows: count })),
  )
  const mistakes = pairs.filter(({ label, predicted, rows: count }) => label !== predicted && count > 0).sort((a, b) => b.rows - a.rows)
  assert.deepEqual(report.topConfusions, mistakes.slice(0, 20))

  for (const norm of [report.gradientNorm, report.ghm]) {
    const bins = norm.counts.length
    assert.deepEqual(
      norm.counts,
      counted(
        rows.map(({ miss }) => Math.fround(miss)),
        unitEdges(bins),
      ),
    )
    norm.counts.forEach((count, bin) => {
      assertClose(norm.density[bin], count * bins, 'density')
      assertClose(norm.weights[bin], count === 0 ? 0 : rows.length / count, 'weight')
      const inside = rows.filter(({ miss }) => Math.min(Math.floor(Math.fround(miss) * bins), bins - 1) === bin)
      assertClose(norm.meanLoss[bin], count === 0 ? null : mean(inside.map(({ loss }) => loss)), 'mean loss of a bin')
    })
  }
  assert.equal(report.gradientNorm.counts.length, 30)
  assert.equal(report.ghm.counts.length, 10)

  const { bins, ece } = report.calibration
  assertClose(ece, calibrationError(rows), 'expected calibration error')
  assert.equal(sum(bins.map((bin) => bin.rows)), rows.length)
  for (const { from, to, rows: count, confidence, accuracy } of bins) {
    const inside = rows.filter((row) => row.confidence >= from && (row.confidence < to || to === 1))
    assert.equal(count, inside.length)
    assertClose(confidence, count === 0 ? null : mean(inside.map((row) => row.confidence)), 'confidence')
    assertClose(accuracy, count === 0 ? null : mean(inside.map((row) => Number(row.label === row.predicted))), 'accuracy of a bin')
  }

  const { lossDistribution, probabilityDistribution } = report
  assert.equal(lossDistribution.key, report.losses[0].key)
  assert.deepEqual(
    lossDistribution.counts,
    counted(
      rows.map(({ loss }) => loss),
      lossDistribution.edges,
    ),
  )
  assert.deepEqual(
    probabilityDistribution.counts,
    counted(
      rows.map(({ miss }) => 1 - miss),
      unitEdges(50),
    ),
  )

  const hardest = rows.toSorted((a, b) => b.loss - a.loss || a.row - b.row).slice(0, 20)
  assert.deepEqual(
    report.hardest.map(({ row }) => row),
    hardest.map(({ row }) => row),
  )
  report.hardest.forEach((result, i) => {
    assert.equal(result.line, result.row + 1)
    assert.equal(result.label, classes[hardest[i].label])
    assert.equal(result.predicted, classes[hardest[i].predicted])
    assertClose(result.loss, hardest[i].loss, 'loss of a row')
    assertClose(result.gradientNorm, hardest[i].miss, 'gradient norm of a row')
    assertClose(result.confidence, hardest[i].confidence, 'confidence of a row')
    assertClose(result.probability, Math.exp(-hardest[i].loss), 'probability of a row')
  })

  const thresholds = classes.map((_, c) => mean(rows.filter(({ label }) => label === c).map(({ miss }) => 1 - miss)))
  const errors = rows
    .filter(({ label, predicted, confidence }) => label !== predicted && confidence >= thresholds[predicted])
    .sort((a, b) => b.confidence - (1 - b.miss) - (a.confidence - (1 - a.miss)))
  assert.deepEqual(
    report.labelErrors.map(({ row }) => row),
    errors.slice(0, 20).map(({ row }) => row),
  )
}

describe('digits_logits.csv', () => {
  const file = fileOf(`${samples}/digits_logits.csv`)
  const classes = digits[0].p.map((_, c) => String(c))

  test('has every number of its formula', async () => {
    const report = await evaluate(file)
    assertCommon(report, digits, classes)
    assert.deepEqual(
      report.hardest.map(({ id }) => id),
      report.hardest.map(({ row }) => digits[row - 1].id),
    )
    const means = meansOf(report)
    const focal = (gamma) => mean(digits.map(({ loss, miss }) => miss ** gamma * loss))
    for (const gamma of [0.5, 1, 5]) assertClose(means[`softmaxFocalGamma${gamma}`], focal(gamma), `gamma ${gamma}`)
    assertClose(means.softmaxFocal, focal(2), 'gamma 2')
    const squares = digits.map(({ p, label }) => sum(p.map((each, c) => (each - (c === label)) ** 2)))
    assertClose(report.brier, mean(squares), 'Brier score')
    const lossAt = (temperature) => mean(digits.map(({ scores, label }) => -Math.log(softmax(scores.map((x) => x / temperature))[label])))
    const best = leastOf(lossAt, 0.1, 20)
    const { temperature } = report.calibration
    assertClose(temperature.value, best, 'temperature')
    assertClose(temperature.loss, lossAt(best), 'loss with it')
    const cooled = digits.map(({ scores, ...row }) => ({ ...row, confidence: Math.max(...softmax(scores.map((x) => x / best))) }))
    assertClose(temperature.ece, calibrationError(cooled), 'calibration error with it')
    assert.equal(temperature.rows, digits.length)
  })

  test('with a temperature is that of the divided logits', async () => {
    const { calibration } = await evaluate(file)
    const report = await evaluate(file, { temperature: calibration.temperature.value })
    assertClose(report.losses[0].mean, calibration.temperature.loss, 'loss')
    assertClose(report.calibration.ece, calibration.temperature.ece, 'calibration error')
    assertClose(report.calibration.temperature.value, calibration.temperature.value, 'the fit is to the scores of the file')
  })

  test('weighs the classes as asked', async () => {
    const counts = classes.map((_, c) => digits.filter(({ label }) => label === c).length)
    const weighted = (weights) =>
      sum(digits.map(({ label, loss }) => weights[label] * loss)) / sum(digits.map(({ label }) => weights[label]))
    const given = classes.map((_, c) => c + 1)
    const cases = [
      ['balanced', 'crossEntropyBalanced', counts.map((count) => digits.length / (10 * count))],
      ['complement', 'crossEntropyComplement', counts.map((count) => (digits.length - count) / digits.length)],
      ['effective', 'crossEntropyEffective', counts.map((count) => 0.001 / (1 - 0.999 ** count))],
      [given, 'crossEntropyWeighted', given],
    ]
    for (const [classWeight, key, weights] of cases) {
      assertClose(meansOf(await evaluate(file, { classWeight }))[key], weighted(weights), key)
    }
    await assert.rejects(evaluate(file, { classWeight: [1, 2] }), /classWeight has 2 weights for 10 classes/)
  })

  test('lists as many rows as asked', async () => {
    const report = await evaluate(file, { hardest: 3 })
    assert.equal(report.hardest.length, 3)
    const none = await evaluate(file, { hardest: 0 })
    assert.deepEqual([none.hardest, none.labelErrors], [[], []])
  })
})

test('cancer_scores.csv has every number of its formula', async () => {
  const report = await evaluate(fileOf(`${samples}/cancer_scores.csv`))
  assertCommon(report, cancer, report.mapping.classNames)
  assertClose(report.brier, mean(cancer.map(({ miss }) => miss ** 2)), 'Brier score')
  const lossAt = (temperature) => mean(cancer.map(({ scores: [x], label }) => Math.log1p(Math.exp((label === 1 ? -x : x) / temperature))))
  assertClose(report.calibration.temperature.value, leastOf(lossAt, 0.05, 20), 'temperature')
})

describe('a binary file', () => {
  const file = fileOf(`${samples}/cancer_scores.csv`)

  test('weighs its two classes as asked, as cross entropy over them', async () => {
    const nn = await load()
    const logits = cancer.map(({ scores: [x] }) => [0, x])
    const labels = cancer.map(({ label }) => label)
    for (const [classWeight, key] of [
      ['balanced', 'crossEntropyBalanced'],
      ['complement', 'crossEntropyComplement'],
      ['effective', 'crossEntropyEffective'],
      [[3, 0.5], 'crossEntropyWeighted'],
    ]) {
      const counts = [0, 1].map((c) => labels.filter((label) => label === c).length)
      const weight = typeof classWeight === 'string' ? classWeights(counts, classWeight) : classWeight
      assertClose(meansOf(await evaluate(file, { classWeight }))[key], nn.crossEntropyLoss({ weight }).forward(logits, labels), key)
    }
  })

  test('has a GHM-C loss with momentum as its first batch', async () => {
    const nn = await load()
    const [logits, labels] = [cancer.map(({ scores: [x] }) => x), cancer.map(({ label }) => label)]
    const report = await evaluate(file, { bins: 5, momentum: 0.75 })
    const ghmc = report.losses.find(({ key }) => key === 'ghmc')
    assert.deepEqual(ghmc.parameters, { bins: 5, momentum: 0.75 })
    assertClose(ghmc.mean, nn.ghmcLoss({ bins: 5, momentum: 0.75 }).forward(logits, labels), 'GHM-C')
    await assert.rejects(evaluate(file, { momentum: 1 }), RangeError)
  })
})

test('a mean is the sum over the weight', async () => {
  for (const name of ['digits_logits.csv', 'cancer_scores.csv', 'digits_attributes.npz']) {
    const { losses } = await evaluate(fileOf(`${samples}/${name}`))
    for (const { key, mean: found, sum: total, weight } of losses) assert.equal(found, total / weight, key)
    assertClose(losses[0].sum, losses[0].mean * losses[0].weight, 'sum')
  }
})

describe('rows', () => {
  test('weigh what their weight says', async () => {
    const lines = [
      [2, 0, 1, 0.5],
      [0, 1, 0, 2],
      [1, 0, 1, 0],
      [3, 2, 1, 1.5],
    ]
    const text = (rows) => `logit_0,logit_1,label,weight\n${rows.map((row) => row.join(',')).join('\n')}\n`
    const report = await evaluate(textFile(text(lines)), { weight: 'weight' })
    const rows = lines.map(([a, b, label, weight]) => ({ p: softmax([a, b]), label, weight }))
    const total = sum(rows.map(({ weight }) => weight))
    const weighted = (value) => sum(rows.map((row) => row.weight * value(row))) / total
    assertClose(
      report.losses[0].mean,
      weighted(({ p, label }) => -Math.log(p[label])),
      'loss',
    )
    assertClose(
      report.accuracy,
      weighted(({ p, label }) => Number(p[label] > 0.5)),
      'accuracy',
    )
    assertClose(
      report.brier,
      weighted(({ p, label }) => 2 * (1 - p[label]) ** 2),
      'Brier score',
    )
    assert.equal(report.rows, 4)
    assert.deepEqual(
      report.classes.map(({ count }) => count),
      [1, 3],
    )
  })

  test('of several labels', async () => {
    const text = 'y_a,y_b,logit_a,logit_b\n1,1,2,-1\n0,1,-3,0.5\n0,0,1,-2\n'
    const report = await evaluate(textFile(text))
    assert.equal(report.task, 'multiLabel')
    const pairs = [
      [1, 2],
      [1, -1],
      [0, -3],
      [1, 0.5],
      [0, 1],
      [0, -2],
    ].map(([t, x]) => ({ t, x, loss: Math.log1p(Math.exp(t === 1 ? -x : x)) }))
    const means = meansOf(report)
    assertClose(means.bceWithLogits, mean(pairs.map(({ loss }) => loss)), 'bce')
    assertClose(means.multiLabelSoftMargin, means.bceWithLogits, 'soft margin')
    assertClose(report.accuracy, 4 / 6, 'accuracy')
    assert.deepEqual(
      report.classes.map(({ name, count, predicted }) => [name, count, predicted]),
      [
        ['a', 1, 2],
        ['b', 2, 1],
      ],
    )
    assertClose(report.classes[0].losses.bceWithLogits, mean([0, 2, 4].map((i) => pairs[i].loss)), 'of label a')
    assert.deepEqual([report.confusion, report.topConfusions, report.labelErrors], [null, [], []])
    const [first] = report.hardest
    assert.deepEqual([first.row, first.label, first.predicted], [1, 'a|b', 'a'])
    assertClose(first.loss, (pairs[0].loss + pairs[1].loss) / 2, 'mean over the labels')
    assert.equal(report.hardest[2].label, 'b')
  })

  test('with probabilities for a truth', async () => {
    const report = await evaluate(textFile('t_0,t_1,logit_0,logit_1\n0.25,0.75,2,1\n1,0,0,3\n'), { targets: ['t_0', 't_1'] })
    const losses = [
      [0.25, 0.75, 2, 1],
      [1, 0, 0, 3],
    ].map(([a, b, x, y]) => -a * Math.log(softmax([x, y])[0]) - b * Math.log(softmax([x, y])[1]))
    const keys = [
      'crossEntropy',
      'crossEntropyBalanced',
      'crossEntropySmoothed',
      ...[2, 0.5, 1, 5].map((gamma) => `softmaxFocal${gamma === 2 ? '' : `Gamma${gamma}`}`),
    ]
    assert.deepEqual(Object.keys(meansOf(report)), keys)
    assertClose(report.losses[0].mean, mean(losses), 'cross entropy')
    assert.equal(report.calibration.temperature, null)
  })

  describe('with probabilities for a truth, as the criteria have it', async () => {
    const nn = await load()
    const rows = Array.from({ length: 60 }, (_, i) => {
      const parts = [1 + (i % 5), i % 3, 2]
      const total = parts[0] + parts[1] + parts[2]
      return { truth: parts.map((part) => part / total), scores: [Math.sin(i), Math.cos(3 * i), (i % 7) - 3], weight: 1 + (i % 4) }
    })
    const text = rows.map(({ truth, scores, weight }) => [...truth, ...scores, weight].join(','))
    const file = textFile(['y_0,y_1,y_2,logit_0,logit_1,logit_2,sample_weight', ...text].join('\n'))
    const tensorOf = (key) => ({ data: Float32Array.from(rows.flatMap((row) => row[key])), shape: [rows.length, 3] })
    const weighted = (criterion) => {
      const each = criterion.forward(tensorOf('scores'), tensorOf('truth')).data
      return sum(rows.map(({ weight }, i) => weight * each[i])) / sum(rows.map(({ weight }) => weight))
    }
    const masses = [0, 1, 2].map((c) => sum(rows.map(({ truth }) => Math.fround(truth[c]))))

    test('with a weight for each class', async () => {
      for (const [classWeight, key, weight] of [
        [[3, 0, 0.5], 'crossEntropyWeighted', [3, 0, 0.5]],
        ['balanced', 'crossEntropyBalanced', Array.from(classWeights(masses, 'balanced'))],
        ['effective', 'crossEntropyEffective', Array.from(classWeights(masses, 'effective'))],
      ]) {
        const report = await evaluate(file, { classWeight })
        assertClose(meansOf(report)[key], weighted(nn.crossEntropyLoss({ weight, reduction: 'none' })), key)
        const plain = await evaluate(file, { classWeight, weight: null })
        assertClose(meansOf(plain)[key], nn.crossEntropyLoss({ weight }).forward(tensorOf('scores'), tensorOf('truth')), key)
      }
    })

    test('of each gamma, changed in an evaluation that is open too', async () => {
      const evaluation = await open(file, {})
      const focal = (gamma) => weighted(nn.softmaxFocalLoss({ gamma, reduction: 'none' }))
      assertClose(meansOf(evaluation.report).softmaxFocal, focal(2), 'gamma 2')
      const changed = await evaluation.update({ gamma: 3, hardest: 5 })
      assertClose(meansOf(changed).softmaxFocal, focal(3), 'gamma 3')
      assert.deepEqual(changed, await evaluate(file, { gamma: 3, hardest: 5 }))
      assert.deepEqual(
        await evaluation.update({ classWeight: [1, 2, 3] }),
        await evaluate(file, { gamma: 3, hardest: 5, classWeight: [1, 2, 3] }),
      )
      evaluation.dispose()
    })

    test('the same with any number of workers, and in double', async () => {
      const one = await evaluate(file, { workers: 1 })
      assert.deepEqual(await evaluate(file, { workers: 2, rangeBytes: 200 }), one)
      const double = await evaluate(file, { precision: 'float64' })
      for (const [key, value] of Object.entries(meansOf(one))) assertClose(meansOf(double)[key], value, key)
    })
  })

  describe('with labels that are partly set, as the criteria have it', async () => {
    const nn = await load()
    const rows = Array.from({ length: 80 }, (_, i) => ({
      // Some are not divided.
      truth: [i % 4 === 0 ? i % 8 > 0 : ((7 * i) % 16) / 16, ((3 * i) % 8) / 8].map(Number),
      scores: [4 * Math.sin(i), 3 * Math.cos(5 * i)],
      weight: 1 + (i % 3),
    }))
    const fileOf = (labels, names) => {
      const lines = rows.map(({ truth, scores, weight }) => [...truth.slice(0, labels), ...scores.slice(0, labels), weight].join(','))
      return textFile([names, ...lines].join('\n'))
    }
    const tensorOf = (key, labels) => ({
      data: Float32Array.from(rows.flatMap((row) => row[key].slice(0, labels))),
      shape: [rows.length, labels],
    })
    const weighted = (criterion, labels) => {
      const { data } = criterion.forward(tensorOf('scores', labels), tensorOf('truth', labels))
      return (
        sum(Array.from(data, (loss, i) => rows[Math.floor(i / labels)].weight * loss)) / (labels * sum(rows.map(({ weight }) => weight)))
      )
    }
    for (const [task, labels, names] of [
      ['binary', 1, 'label,logit,sample_weight'],
      ['multiLabel', 2, 'y_a,y_b,logit_a,logit_b,sample_weight'],
    ]) {
      const file = fileOf(labels, names)
      test(`${task}: BCE and focal losses, also of an evaluation that is open`, async () => {
        const report = await evaluate(file)
        assert.equal(report.task, task)
        assertClose(meansOf(report).bceWithLogits, weighted(nn.bceWithLogitsLoss({ reduction: 'none' }), labels), 'BCE')
        const focal = (gamma, alpha) => weighted(nn.sigmoidFocalLoss({ gamma, alpha, reduction: 'none' }), labels)
        assertClose(meansOf(report).sigmoidFocal, focal(2, 0.25), 'focal')
        assertClose(meansOf(report).sigmoidFocalGamma5, focal(5, 0.25), 'focal, gamma 5')
        const double = await evaluate(file, { precision: 'float64' })
        for (const [key, value] of Object.entries(meansOf(report))) assertClose(meansOf(double)[key], value, key)
        const evaluation = await open(file)
        const changed = await evaluation.update({ gamma: 3, alpha: -1, hardest: 5 })
        assertClose(meansOf(changed).sigmoidFocal, focal(3, -1), 'focal, changed')
        assert.deepEqual(changed, await evaluate(file, { gamma: 3, alpha: -1, hardest: 5 }))
        evaluation.dispose()
        assert.deepEqual(await evaluate(file, { workers: 2, rangeBytes: 200 }), await evaluate(file, { workers: 1 }))
      })
    }

    test('a weight for each class, by its part in the labels', async () => {
      const weights = [3, 0.5]
      const report = await evaluate(fileOf(1, 'label,logit,sample_weight'), { classWeight: weights })
      const losses = rows.map(({ truth: [t], scores: [x], weight }) => {
        const both = [(1 - t) * Math.log1p(Math.exp(x)), t * Math.log1p(Math.exp(-x))]
        return weight * (weights[0] * both[0] + weights[1] * both[1])
      })
      assertClose(meansOf(report).crossEntropyWeighted, sum(losses) / sum(rows.map(({ weight }) => weight)), 'weighted')
    })

    test('the labels of one column are taken for what they are, or it is asked', async () => {
      const report = await evaluate(fileOf(1, 'label,logit,sample_weight'))
      assert.match(report.mapping.task.evidence, /labels are the probability of class 1/)
      assert.match(report.mapping.columns[0].evidence, /the name "label"; numbers from 0 to 1: probabilities of class 1/)
      assert.deepEqual(report.mapping.classNames, ['0', '1'])
      assert.equal(sum(report.classes.map(({ count }) => count)), rows.length)
      const unsure = fileOf(1, 'label,prediction,sample_weight')
      const error = await evaluate(unsure).catch((reason) => reason)
      assert.deepEqual(error.problems[0].remedySettings, { task: 'binary' })
      const said = await evaluate(unsure, { ...error.problems[0].remedySettings, classNames: ['no', 'yes'] })
      assert.deepEqual(meansOf(said), meansOf(report))
      assert.deepEqual(meansOf(await evaluate(unsure, { targets: ['label'] })), meansOf(report))
      const pair = textFile('label,prob_no,prob_yes\n.25,.5,.5\n.75,.25,.75\n')
      await assert.rejects(evaluate(pair), /probabilities of one class need its score alone/)
      assert.equal((await evaluate(pair, { columns: ['prob_yes'] })).task, 'binary')
      const outside = textFile('label,logit\n.25,.5\n.5,2\n1.5,3\n')
      await assert.rejects(evaluate(outside, { task: 'binary', targets: ['label'] }), { name: 'DataError' })
    })
  })

  test('rescaled and clipped as Kaggle does, when asked', async () => {
    const file = textFile('label,prob_0,prob_1,prob_2\n0,0.7,0.2,0.05\n0,0,1,0\n')
    const plain = await evaluate(file, { scores: 'probabilities' })
    assert.equal(plain.losses[0].mean, Number.POSITIVE_INFINITY)
    assert.match(
      plain.mapping.scores.evidence,
      /rows sum to 0.95 to 1: a probability .*; the option renormalise rescales them to sum 1; some are 0, .* the option eps is/,
    )
    const kaggle = await evaluate(file, { scores: 'probabilities', renormalise: true, eps: 1e-15 })
    assertClose(kaggle.losses[0].mean, (-Math.log(0.7 / 0.95) - Math.log(1e-15)) / 2, 'log loss')
  })
})

test('partial reports come early and grow', async () => {
  const lines = Array.from({ length: 600_000 }, (_, i) => `${i % 2},${(i % 17) / 2 - 4},${(i % 13) / 3}`)
  const partial = []
  const file = textFile(`label,logit_0,logit_1\n${lines.join('\n')}\n`)
  const report = await evaluate(file, { onPartial: (early) => partial.push(early) })
  assert.ok(partial.length > 0)
  for (const [i, early] of partial.entries()) {
    assert.ok(early.rows >= 2 * (partial[i - 1]?.rows ?? 0) && early.rows <= report.rows)
    assert.equal(sum(early.classes.map(({ count }) => count)), early.rows)
  }
})
