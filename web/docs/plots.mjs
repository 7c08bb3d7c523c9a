// What the documentation shows of the losses, computed by the package itself.
import { readFileSync } from 'node:fs'
import { chart } from './chart.mjs'

const range = (from, to, count) => Array.from({ length: count }, (_, i) => from + ((to - from) * i) / (count - 1))

const zip = (xs, ys) => xs.map((x, i) => [x, ys[i]])

/** Close to 0 and 1 without reaching them, where a logit would be infinite. */
const probabilities = range(0.002, 0.998, 250)
const logits = range(-6, 6, 241)
const logitOf = (p) => Math.log(p / (1 - p))

const doubles = (values) => Float64Array.from(values)

/** Losses of each value, for a criterion with reduction 'none'. */
const each = (criterion, inputs, target) =>
  criterion.forward(
    doubles(inputs),
    inputs.map(() => target),
  ).data

/** Losses of two classes, the first of them the true one, by its probability. */
function ofTwoClasses(criterion) {
  const rows = probabilities.flatMap((p) => [logitOf(p), 0])
  const input = { data: doubles(rows), shape: [probabilities.length, 2] }
  return zip(
    probabilities,
    criterion.forward(
      input,
      probabilities.map(() => 0),
    ).data,
  )
}

const byProbability = { xLabel: 'probability of the true class', yLabel: 'loss (nats)', x: [0, 1], y: [0, 5] }
const byLogit = { xLabel: 'logit', yLabel: 'loss (nats)', x: [-6, 6], y: [0, 6] }

/** Logits and labels of the shipped predictions of a real binary model. */
function cancerScores() {
  const [, ...lines] = readFileSync(new URL('../../examples/data/cancer_scores.csv', import.meta.url), 'utf8')
    .trim()
    .split('\n')
  const rows = lines.map((line) => line.split(',').map(Number))
  return { targets: rows.map(([target]) => target), scores: rows.map(([, score]) => score) }
}

/** Weight of each gradient norm as GHM-C gives it: total / count of its bin, as steps. */
function ghmWeights(nn, bins) {
  const { targets, scores } = cancerScores()
  const accumulator = nn.ghmcLoss({ bins }).accumulator().update(doubles(scores), targets)
  const { counts } = accumulator.result()
  accumulator.dispose()
  return counts.flatMap((count, i) => {
    const weight = count === 0 ? 0 : scores.length / count
    return [
      [i / bins, weight],
      [(i + 1) / bins, weight],
    ]
  })
}

/** The plots by name, each a function that gives HTML. */
export function plots(nn) {
  const none = { reduction: 'none' }
  const bce = (options) => nn.bceWithLogitsLoss({ ...none, ...options })
  const byLogitLines = (make) => [
    { name: 'target 1', points: zip(logits, make(1)) },
    { name: 'target 0', points: zip(logits, make(0)) },
  ]
  return {
    'cross-entropy': () =>
      chart({
        ...byProbability,
        title: 'Cross entropy of two classes; smoothing punishes certainty a little',
        lines: [0, 0.1].map((labelSmoothing) => ({
          name: `label smoothing ${labelSmoothing}`,
          points: ofTwoClasses(nn.crossEntropyLoss({ ...none, labelSmoothing })),
        })),
      }),
    nll: () => {
      const rows = probabilities.flatMap((p) => [Math.log(p), Math.log1p(-p)])
      const input = { data: doubles(rows), shape: [probabilities.length, 2] }
      const target = probabilities.map(() => 0)
      return chart({
        ...byProbability,
        title: 'Negative log likelihood by the probability of the true class, whose weight stretches it',
        lines: [1, 2].map((weight) => ({
          name: `weight ${weight}`,
          points: zip(probabilities, nn.nllLoss({ ...none, weight: [weight, 1] }).forward(input, target).data),
        })),
      })
    },
    'bce-with-logits': () =>
      chart({
        ...byLogit,
        title: 'Binary cross entropy by the logit; posWeight stretches the side of the positives',
        lines: [
          ...byLogitLines((target) => each(bce(), logits, target)),
          { name: 'target 1, posWeight 3', points: zip(logits, each(bce({ posWeight: [3] }), logits, 1)) },
        ],
      }),
    bce: () =>
      chart({
        ...byProbability,
        xLabel: 'probability given to the positive class',
        title: 'Binary cross entropy by the probability given',
        lines: [1, 0].map((target) => ({
          name: `target ${target}`,
          points: zip(probabilities, each(nn.bceLoss(none), probabilities, target)),
        })),
      }),
    'multi-label-soft-margin': () =>
      chart({
        ...byLogit,
        title: 'The part of one label by its logit, in a row of one label',
        lines: byLogitLines((target) => {
          const column = (values) => ({ data: doubles(values), shape: [values.length, 1] })
          return nn.multiLabelSoftMarginLoss(none).forward(column(logits), column(logits.map(() => target))).data
        }),
      }),
    'sigmoid-focal': () =>
      chart({
        ...byProbability,
        title: 'Sigmoid focal loss without alpha: the larger gamma, the less the easy elements count',
        lines: [0, 0.5, 1, 2, 5].map((gamma) => ({
          name: `gamma ${gamma}`,
          points: zip(probabilities, each(nn.sigmoidFocalLoss({ ...none, alpha: -1, gamma }), probabilities.map(logitOf), 1)),
        })),
      }),
    'softmax-focal': () =>
      chart({
        ...byProbability,
        title: 'Softmax focal loss of two classes',
        lines: [0, 1, 2, 5].map((gamma) => ({ name: `gamma ${gamma}`, points: ofTwoClasses(nn.softmaxFocalLoss({ ...none, gamma })) })),
      }),
    ghmc: () => {
      const points = ghmWeights(nn, 10)
      return chart({
        xLabel: 'gradient norm g',
        yLabel: 'weight',
        x: [0, 1],
        y: [0, Math.max(...points.map(([, weight]) => weight)) * 1.05],
        title: 'Weights that GHM-C gives to the 285 rows of cancer_scores.csv: rare gradients weigh most, empty bins nothing',
        lines: [{ name: '10 bins', points }],
      })
    },
    ghmr: () => {
      const differences = range(-1, 1, 201)
      return chart({
        xLabel: 'prediction - target',
        yLabel: 'ASL1',
        x: [-1, 1],
        y: [0, 1],
        title: 'The smooth absolute difference that GHM-R weighs, for two widths of its parabola',
        lines: [0.02, 0.5].map((mu) => ({
          // One element a call: alone in its bin it has weight 1.
          name: `mu ${mu}`,
          points: differences.map((d) => [d, nn.ghmrLoss({ mu, reduction: 'sum' }).forward(doubles([d]), [0])]),
        })),
      })
    },
    activations: () =>
      chart({
        xLabel: 'x',
        yLabel: 'value',
        x: [-6, 6],
        y: [-6, 6],
        title: 'Sigmoid, its logarithm, and softplus',
        lines: ['sigmoid', 'logSigmoid', 'softplus'].map((name) => ({ name, points: zip(logits, nn[name](doubles(logits)).data) })),
      }),
  }
}
