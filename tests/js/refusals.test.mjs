import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { before, describe, it } from 'node:test'
import { classWeights, load } from '../../build/package/index.js'
// Not the bundle, to see the heap as well.
import { loadNative } from '../../build/package/inlined.js'

describe('refusals', () => {
  let nn
  before(async () => {
    nn = await load()
  })

  const rows = [
    [1, 2, 3],
    [0, 0, 0],
  ]
  const pairs = { data: [1, 0, 1, 0, 1, 0], shape: [2, 3] }

  const share = { data: [0.2, 0.5, 0.3, 1, 0, 0], shape: [2, 3] }
  const criteria = {
    nllLoss: [rows, [0, 1]],
    crossEntropyLoss: [rows, [0, 1]],
    softmaxFocalLoss: [rows, [0, 1]],
    bceLoss: [share, pairs],
    bceWithLogitsLoss: [rows, pairs],
    multiLabelSoftMarginLoss: [rows, pairs],
    sigmoidFocalLoss: [rows, pairs],
    ghmcLoss: [rows, pairs],
    ghmrLoss: [rows, pairs],
  }
  const activations = ['softmax', 'logSoftmax', 'logsumexp', 'sigmoid', 'logSigmoid', 'softplus']

  /** Arguments that are no tensor, and what the message says of each after the argument's name. */
  const noTensors = [
    [undefined, TypeError, 'must be { data, shape }'],
    [null, TypeError, 'must be'],
    ['text', TypeError, 'must be'],
    [5, TypeError, 'must be'],
    [{}, TypeError, 'must be'],
    [{ data: 'text', shape: [1] }, TypeError, 'must be'],
    [{ data: [1, 2] }, TypeError, 'has no shape'],
    [{ data: [1, 2], shape: 2 }, TypeError, 'has no shape'],
    [{ data: [1, 2], shape: [-2] }, TypeError, 'has no shape'],
    [{ data: [1, 2], shape: [0.5] }, TypeError, 'has no shape'],
    [{ data: [1, 2], dims: [3] }, RangeError, 'has 2 values'],
    [{ data: [1, '2'], shape: [2] }, TypeError, 'data[1] must be a number, not 2'],
    [{ data: [null], shape: [1] }, TypeError, 'data[0] must be a number'],
    [[[1, 2], [3]], RangeError, '[1] must be an array of 2'],
    [[[1, 2], 3], RangeError, '[1] must be an array of 2'],
    [[1, '2'], TypeError, '[1] must be a number'],
    [[1, undefined], TypeError, '[1] must be a number'],
    [[1, true], TypeError, '[1] must be a number'],
    [new DataView(new ArrayBuffer(8)), TypeError, 'must be'],
  ]

  const ofTensors = (call, argument) => noTensors.map(([value, kind, message]) => [() => call(value), kind, argument, message])

  /** What every function refuses in each of its arguments. */
  const shared = () => [
    ...activations.flatMap((name) => ofTensors((value) => nn[name](value), `${name}: input`)),
    ...activations.flatMap((name) => [
      [
        () => nn[name](rows, { out: new Float64Array(6) }),
        TypeError,
        `${name}: out must be a Float32Array, as the input is worked in float`,
      ],
      [() => nn[name](Float64Array.of(1, 2), { out: new Float32Array(2) }), TypeError, `${name}: out must be a Float64Array`],
      [() => nn[name](rows, { out: [0, 0, 0, 0, 0, 0] }), TypeError, `${name}: out must be a Float32Array`],
      [() => nn[name](rows, { out: new Float32Array(7) }), RangeError, `${name}: out has 7 values, but the result has`],
      [() => nn[name](rows, { out: null }), TypeError, `${name}: out is null`],
    ]),
    ...['softmax', 'logSoftmax', 'logsumexp'].flatMap((name) => [
      [() => nn[name](rows, { dim: 2 }), RangeError, `${name}: dim is 2`],
      [() => nn[name](rows, { dim: -3 }), RangeError, `${name}: dim is -3`],
      [() => nn[name](rows, { dim: 0.5 }), RangeError, `${name}: dim is 0.5`],
      [() => nn[name](rows, { dim: Number.NaN }), RangeError, `${name}: dim is NaN`],
      [() => nn[name](rows, { dim: '1' }), TypeError, `${name}: dim must be a number`],
      [() => nn[name](rows, { axis: 1 }), TypeError, `${name}: unknown option 'axis'; there are: dim`],
      [() => nn[name](rows, 1), TypeError, `${name}: options must be an object`],
      [() => nn[name]({ data: [1], shape: [] }), RangeError, `${name}: dim is -1`],
    ]),
    ...Object.entries(criteria).flatMap(([name, [input, target]]) => {
      const gradIn = (options) => (name.startsWith('ghm') ? [input, target, undefined, options] : [input, target, options])
      return [
        [() => nn[name]().valueAndGrad(...gradIn({ out: new Float64Array(6) })), TypeError, `${name}: out must be a Float32Array`],
        [
          () => nn[name]().valueAndGrad(...gradIn({ out: new Float32Array(5) })),
          RangeError,
          `${name}: out has 5 values, but the result has 6`,
        ],
        [() => nn[name]().valueAndGrad(...gradIn({ into: [] })), TypeError, `${name}: unknown option 'into'; there are: out`],
      ]
    }),
    ...Object.entries(criteria).flatMap(([name, [input, target]]) => [
      ...ofTensors((value) => nn[name]().forward(value, target), `${name}: input`),
      ...ofTensors((value) => nn[name]().forward(input, value), `${name}: target`),
      ...ofTensors((value) => nn[name]().valueAndGrad(input, value), `${name}: target`),
      [() => nn[name]().accumulator().update(input, 'text'), TypeError, `${name}: target must be`],
      [() => nn[name]().forward(input, [1, 0, 1]), RangeError, `${name}: target has shape [3]`],
      [() => nn[name]().forward(input, [Number.NaN, 0]), RangeError, `${name}: target`],
      [() => nn[name]({ reduction: 'average' }), RangeError, `${name}: reduction is "average"`],
      [() => nn[name]({ reduction: null }), TypeError, `${name}: reduction is null`],
      [() => nn[name]({ label_smoothing: 0.1 }), TypeError, `${name}: unknown option 'label_smoothing'`],
      [() => nn[name](null), TypeError, `${name}: options must be an object`],
      [() => nn[name]([]), TypeError, `${name}: options must be an object`],
      [() => nn[name]().accumulator('text'), TypeError, `${name}: an accumulator's bytes must be a Uint8Array`],
      [() => nn[name]().accumulator(new Uint8Array(100)), RangeError, `${name}: these 100 bytes`],
      [() => nn[name]().accumulator().merge({}), TypeError, `${name}: merge`],
      [() => disposed(nn[name]()).update(input, target), TypeError, `${name}: this accumulator has been disposed of`],
      [() => disposed(nn[name]()).result(), TypeError, `${name}: this accumulator has been disposed of`],
      [() => disposed(nn[name]()).toBytes(), TypeError, `${name}: this accumulator has been disposed of`],
      [() => nn[name]().accumulator().merge(disposed(nn[name]())), TypeError, `${name}: this accumulator has been disposed of`],
    ]),
  ]

  function disposed(criterion) {
    const state = criterion.accumulator()
    state.dispose()
    return state
  }

  const withNumber = (name, option, bad) =>
    bad.map((value) => [() => nn[name]({ [option]: value }), RangeError, `${name}: ${option} is ${value}`])
  const noNumber = (name, option) => [
    ...['1', true, {}].map((value) => [() => nn[name]({ [option]: value }), TypeError, `${name}: ${option} must be a number`]),
    [() => nn[name]({ [option]: null }), TypeError, `${name}: ${option} is null`],
  ]
  const aNumber = (name, option, bad) => [...withNumber(name, option, [Number.NaN, ...bad]), ...noNumber(name, option)]

  /** What each option refuses. */
  const options = () => [
    ...['nllLoss', 'crossEntropyLoss', 'softmaxFocalLoss'].flatMap((name) => {
      const weight = name === 'softmaxFocalLoss' ? 'alpha' : 'weight'
      return [
        ...aNumber(name, 'ignoreIndex', [0.5, 2 ** 31, Number.POSITIVE_INFINITY]),
        [() => nn[name]({ [weight]: [1, -2, 1] }), RangeError, `${name}: ${weight}[1] is -2`],
        [() => nn[name]({ [weight]: [1, Number.NaN, 1] }), RangeError, `${name}: ${weight}[1] is NaN`],
        [() => nn[name]({ [weight]: [1, Number.POSITIVE_INFINITY] }), RangeError, `${name}: ${weight}[1] is Infinity`],
        [() => nn[name]({ [weight]: ['1'] }), TypeError, `${name}: ${weight}[0] must be a number`],
        [() => nn[name]({ [weight]: BigInt64Array.of(1n) }), TypeError, `${name}: ${weight}[0] must be a number`],
        [() => nn[name]({ [weight]: -1 }), RangeError, `${name}: ${weight} is -1`],
        [() => nn[name]({ [weight]: {} }), TypeError, `${name}: ${weight} must be an array`],
        [() => nn[name]({ [weight]: null }), TypeError, `${name}: ${weight} is null`],
        [() => nn[name]({ [weight]: 'inverse' }), RangeError, `${name}: ${weight} is "inverse"`],
        [
          () => nn[name]({ [weight]: [1, 2] }).forward(rows, [0, 0]),
          RangeError,
          `${name}: ${weight} has 2 values, but input has 3 classes`,
        ],
        [() => nn[name]({ [weight]: 'balanced' }).accumulator(), RangeError, `${name}: ${weight} 'balanced' depends on all targets`],
        [() => nn[name]().forward(rows, [0, 3]), RangeError, `${name}: target[1] is 3; it must be in [0, 3) or the ignoreIndex -100`],
        [() => nn[name]().forward(rows, [-1, 0]), RangeError, `${name}: target[0] is -1`],
        [() => nn[name]().forward(rows, [0.5, 0]), RangeError, `${name}: target[0] is 0.5`],
        [() => nn[name]().forward(rows, BigInt64Array.of(0n, 2n ** 40n)), RangeError, `${name}: target[1] is 1099511627776`],
        [() => nn[name]().forward([rows[0], [1, Number.NaN, 0]], [0, 1]), RangeError, `${name}: input has no loss in row 1: a NaN`],
        [() => nn[name]().forward({ data: [], shape: [2, 0] }, [0, 0]), RangeError, `${name}: input has shape [2,0]: no class`],
        [() => nn[name]().forward({ data: [1], shape: [] }, [0]), RangeError, `${name}: input must have a class axis`],
        [() => nn[name]({ emptyMean: 'one' }), RangeError, `${name}: emptyMean is "one"`],
      ]
    }),
    ...['crossEntropyLoss', 'softmaxFocalLoss'].flatMap((name) => [
      ...aNumber(name, 'labelSmoothing', [-0.1, 1.5]),
      [() => nn[name]().forward([[Infinity, Infinity]], [0]), RangeError, `${name}: input has no loss in row 0`],
      [() => nn[name]().forward([[-Infinity, -Infinity]], [0]), RangeError, `${name}: input has no loss in row 0`],
      [() => nn[name]().forward([[1, 2]], [[0.5, -0.5]]), RangeError, `${name}: target value 1 is -0.5`],
      [() => nn[name]().forward([[1, 2]], [[0.5, Infinity]]), RangeError, `${name}: target value 1 is Infinity`],
    ]),
    ...aNumber('softmaxFocalLoss', 'gamma', [-1, Number.POSITIVE_INFINITY]),
    ...aNumber('softmaxFocalLoss', 'eps', [-0.1, 0.5]),
    [() => nn.softmaxFocalLoss({ alphaOf: 'some' }), RangeError, 'softmaxFocalLoss: alphaOf is "some"'],
    [() => nn.softmaxFocalLoss({ alphaOf: 'foreground' }), RangeError, "alphaOf 'foreground' needs one alpha in [0, 1]"],
    [() => nn.softmaxFocalLoss({ alphaOf: 'foreground', alpha: 2 }), RangeError, "alphaOf 'foreground' needs one alpha in [0, 1]"],
    [() => nn.softmaxFocalLoss({ weight: 2 }), TypeError, 'softmaxFocalLoss: weight must be an array'],
    [() => nn.softmaxFocalLoss({ weight: [1, 2] }).forward(rows, [0, 0]), RangeError, 'softmaxFocalLoss: weight has 2 values'],
    [() => nn.softmaxFocalLoss({ renormalise: true }), RangeError, 'softmaxFocalLoss: renormalise'],
    [() => nn.softmaxFocalLoss({ fromLogits: 1 }), TypeError, 'softmaxFocalLoss: fromLogits must be true or false'],
    [() => nn.softmaxFocalLoss({ renormalise: 1 }), TypeError, 'softmaxFocalLoss: renormalise must be true or false'],
    [() => nn.softmaxFocalLoss({ divisor: 'rows' }), RangeError, 'softmaxFocalLoss: divisor is "rows"'],
    [() => nn.softmaxFocalLoss({ divisor: 0 }), RangeError, 'softmaxFocalLoss: divisor is 0'],
    [() => nn.softmaxFocalLoss({ fromLogits: false }).forward([[0.5, 1.5]], [0]), RangeError, 'input has 1.5 in row 0'],
    [() => nn.softmaxFocalLoss({ fromLogits: false }).forward([[0.5, 0.5]], [2]), RangeError, 'target[0] is 2'],
    [() => nn.softmaxFocalLoss({ alpha: 'balanced' }).forward([[1, 2]], [[0, 1]]), RangeError, "alpha 'balanced' counts class indices"],

    ...[
      ['bceLoss', 'weight', share],
      ['bceWithLogitsLoss', 'weight', rows],
      ['bceWithLogitsLoss', 'posWeight', rows],
      ['sigmoidFocalLoss', 'weight', rows],
      ['sigmoidFocalLoss', 'posWeight', rows],
    ].flatMap(([name, option, input]) => [
      [() => nn[name]({ [option]: 'text' }), TypeError, `${name}: ${option} must be`],
      [() => nn[name]({ [option]: [[1], [1, 2]] }), RangeError, `${name}: ${option}[1] must be an array of 1`],
      [
        () => nn[name]({ [option]: [1, 2] }).forward(input, pairs),
        RangeError,
        `${name}: ${option} has shape [2], which does not broadcast`,
      ],
      [() => nn[name]({ [option]: [1, Number.NaN, 1] }).forward(input, pairs), RangeError, `${name}: ${option}: element 1 is NaN`],
    ]),
    [() => nn.bceLoss().forward([0.5, 1.5], [0, 1]), RangeError, 'bceLoss: input element 1 is 1.5'],
    [() => nn.bceLoss().forward([0.5, 0.5], [0, -1]), RangeError, 'bceLoss: target element 1 is -1'],
    [() => nn.bceLoss().forward([Number.NaN], [1]), RangeError, 'bceLoss: input element 0 is NaN'],
    [
      () => nn.bceWithLogitsLoss().forward([1, Number.NaN], [0, 0]),
      RangeError,
      'bceWithLogitsLoss: no loss at element 1: input NaN, target 0',
    ],
    [
      () => nn.bceWithLogitsLoss().forward([1, 1], [0, Number.NaN]),
      RangeError,
      'bceWithLogitsLoss: no loss at element 1: input 1, target NaN',
    ],
    [() => nn.multiLabelSoftMarginLoss({ weight: [1, 2] }).forward(rows, pairs), RangeError, 'weight has 2 values'],
    [() => nn.multiLabelSoftMarginLoss({ weight: 'balanced' }), TypeError, 'multiLabelSoftMarginLoss: weight must be an array'],
    [() => nn.multiLabelSoftMarginLoss().forward([rows[0], [1, 2, Number.NaN]], pairs), RangeError, 'input or target is NaN in row 1'],
    [() => nn.multiLabelSoftMarginLoss().forward({ data: [], shape: [2, 0] }, { data: [], shape: [2, 0] }), RangeError, 'its last axis'],

    ...aNumber('sigmoidFocalLoss', 'alpha', [2, -0.5]),
    ...aNumber('sigmoidFocalLoss', 'gamma', [-1, Number.POSITIVE_INFINITY]),
    ...aNumber('sigmoidFocalLoss', 'eps', [-0.1, 0.5]),
    ...aNumber('sigmoidFocalLoss', 'labelSmoothing', [-0.1, 1.5]),
    ...withNumber('sigmoidFocalLoss', 'divisor', [0, -1, Number.NaN, Number.POSITIVE_INFINITY]),
    [() => nn.sigmoidFocalLoss({ divisor: 'scores' }), RangeError, 'sigmoidFocalLoss: divisor is "scores"'],
    [() => nn.sigmoidFocalLoss({ form: 'both' }), RangeError, 'sigmoidFocalLoss: form is "both"'],
    [() => nn.sigmoidFocalLoss({ fromLogits: 'no' }), TypeError, 'sigmoidFocalLoss: fromLogits must be true or false'],
    [() => nn.sigmoidFocalLoss({ classIndices: 1 }), TypeError, 'sigmoidFocalLoss: classIndices must be true or false'],
    [() => nn.sigmoidFocalLoss({ ignoreIndex: 0.5 }), RangeError, 'sigmoidFocalLoss: ignoreIndex is 0.5'],
    [() => nn.sigmoidFocalLoss().forward([1, 1], [0, -1]), RangeError, 'sigmoidFocalLoss: target element 1 is -1; it must be in [0, 1]'],
    [() => nn.sigmoidFocalLoss({ fromLogits: false }).forward([1, 2], [0, 1]), RangeError, 'sigmoidFocalLoss: input element 1 is 2'],
    [
      () => nn.sigmoidFocalLoss({ classIndices: true }).forward(rows, [0, 4]),
      RangeError,
      'target[1] is 4; it must be in [0, 3), 3 for no class',
    ],
    [() => nn.sigmoidFocalLoss({ classIndices: true }).forward(rows, pairs), RangeError, 'target has shape [2,3]'],

    ...['ghmcLoss', 'ghmrLoss'].flatMap((name) => [
      ...aNumber(name, 'bins', [0, 0.5, 10001]),
      ...aNumber(name, 'momentum', [-0.1, 1]),
      ...aNumber(name, 'lossWeight', [-1, Number.POSITIVE_INFINITY]),
      ...ofTensors((value) => nn[name]().forward([1], [1], value), `${name}: labelWeight`).slice(1),
      [() => nn[name]().forward([1, 1], [1, 1], [1]), RangeError, `${name}: labelWeight has shape [1]`],
      [() => nn[name]().forward([1, 1], [1, 1], [1, -1]), RangeError, `${name}: labelWeight element 1 is -1`],
      [() => nn[name]().forward([1, 1], [1, 1], [1, Number.NaN]), RangeError, `${name}: labelWeight element 1 is NaN`],
      [() => nn[name]().forward([1, Number.NaN], [1, 1]), RangeError, `${name}: no loss at element 1: input NaN, target 1`],
      [() => Object.assign(nn[name](), { averages: [1] }), RangeError, `${name}: averages must be an array of 10 numbers`],
      [() => Object.assign(nn[name]({ bins: 1 }), { averages: [-1] }), RangeError, `${name}: averages[0] is -1`],
      [() => Object.assign(nn[name]({ bins: 1 }), { averages: ['1'] }), TypeError, `${name}: averages[0] must be a number`],
    ]),
    ...aNumber('ghmrLoss', 'mu', [0, -1, Number.POSITIVE_INFINITY]),
    [() => nn.ghmcLoss().forward([1, 1], [0, 2]), RangeError, 'ghmcLoss: target element 1 is 2; it must be in [0, 1]'],
    [() => nn.ghmcLoss({ classIndices: 'yes' }), TypeError, 'ghmcLoss: classIndices must be true or false'],
    [() => nn.ghmcLoss({ ignoreIndex: 0.5 }), RangeError, 'ghmcLoss: ignoreIndex is 0.5'],
    [() => nn.ghmcLoss({ classIndices: true }).forward(rows, [0, 1], [1]), RangeError, 'ghmcLoss: labelWeight has shape [1]'],

    [() => classWeights(undefined, 'balanced'), TypeError, 'classWeights: counts must be an array'],
    [() => classWeights([1, -1], 'balanced'), RangeError, 'classWeights: counts[1] is -1'],
    [() => classWeights([1, '1'], 'balanced'), TypeError, 'classWeights: counts[1] must be a number'],
    [() => classWeights([1], 'inverse'), RangeError, 'classWeights: scheme is "inverse"'],
    [() => classWeights([1], 'effective', { beta: 1 }), RangeError, 'classWeights: beta is 1'],
    [() => classWeights([1], 'effective', { gamma: 1 }), TypeError, "classWeights: unknown option 'gamma'"],
  ]

  const cases = () => [...shared(), ...options()]

  function check([call, kind, ...messages]) {
    const isExpected = (error) => {
      assert.ok(error instanceof kind, `${error} is no ${kind.name}, of ${call}`)
      for (const message of messages) assert.ok(error.message.includes(message), `"${error.message}" lacks "${message}"`)
      return true
    }
    assert.throws(call, isExpected, `${call}, ${messages}`)
  }

  it('names the function, the argument and the place', (t) => {
    const all = cases()
    for (const one of all) check(one)
    t.diagnostic(`${all.length} refused calls`)
  })

  it('refuses to merge what belongs to other options or another module', async () => {
    const state = nn.crossEntropyLoss().accumulator()
    assert.throws(() => state.merge(nn.nllLoss().accumulator()), TypeError)
    assert.throws(() => state.merge(nn.crossEntropyLoss({ ignoreIndex: 0 }).accumulator()), /same options/)
    assert.throws(
      () =>
        nn
          .ghmcLoss()
          .accumulator()
          .merge(nn.ghmcLoss({ bins: 5 }).accumulator()),
      /same options/,
    )
    const other = await load({ variant: nn.variant, wasm: await readFile(new URL(`../../dist/${nn.variant}.wasm`, import.meta.url)) })
    assert.throws(() => state.merge(other.crossEntropyLoss().accumulator()), /same load\(\)/)
    const bytes = other.crossEntropyLoss().accumulator().update(rows, [0, 1]).toBytes()
    assert.equal(state.merge(nn.crossEntropyLoss().accumulator(bytes)).result().rows, 2)
  })

  it('leaves the wasm heap usable and as large as it was after ten thousand refused calls', async () => {
    const { module } = await loadNative()
    const good = () =>
      Object.entries(criteria).map(([name, [input, target]]) => {
        const { value, grad } = nn[name]().valueAndGrad(input, target)
        return [value, ...grad.data]
      })
    const before = good()
    // States that are collected, not disposed of, stay until the collector runs: these calls must not make any that lives on.
    const all = cases().filter(([call]) => !/accumulator\(\)\.|disposed/.test(String(call)))
    const state = nn.crossEntropyLoss().accumulator()
    all.push([() => state.update([[1, 2]], [2]), RangeError, 'crossEntropyLoss: target[0] is 2'])
    for (const one of all) check(one)
    const bytes = module.HEAPU8.length
    for (let done = 0; done < 10_000; ) for (const one of all) if (done++ < 10_000) check(one)
    assert.equal(module.HEAPU8.length, bytes)
    assert.deepEqual(good(), before)
    assert.equal(state.result().rows, 0)
    state.dispose()
  })

  it('refuses unknown variants and sources', async () => {
    await assert.rejects(load({ variant: 'avx' }), /variant is "avx"/)
    await assert.rejects(load({ wasm: 7 }), /wasm must be/)
    await assert.rejects(load({ variants: 'simd' }), /load: unknown option 'variants'/)
    await assert.rejects(load(5), /load: options must be an object/)
    await assert.rejects(load({ wasm: new Uint8Array([1, 2, 3]) }), WebAssembly.CompileError)
  })

  it('leaves the loss usable and forgets a refused batch', () => {
    const criterion = nn.crossEntropyLoss()
    const state = criterion.accumulator().update(rows, [2, 0])
    const before = state.toBytes()
    assert.throws(() => state.update(rows, [0, 7]))
    assert.deepEqual(state.toBytes(), before)
    state.dispose()
    state.dispose()
    assert.ok(criterion.forward(rows, [2, 0]) > 0)
  })
})
