// The kernels beside the libraries that have them: every contender of every place in one interleaved run per operation and shape.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildPreset } from '../../wasm/tools/cmake.mjs'
import { capture, root } from '../../wasm/tools/run.mjs'
import { ensurePackages } from '../../wasm/tools/setup.mjs'
import { writeData } from './kernels/data.mjs'
import { operations } from './kernels/operations.mjs'
import { interleave, timed } from './measure.mjs'
import { openChromium } from './places/chromium.mjs'
import { openNode } from './places/node.mjs'
import { openProgram } from './places/program.mjs'

export const name = 'kernels'

const folder = 'build/bench'
const host = 'tests/bench/kernels/host.mjs'
const peerFolder = 'tests/bench'
const tfjsWasm = `${peerFolder}/node_modules/@tensorflow/tfjs-backend-wasm/dist/`
const packageVersion = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version

/** tfjs as one module, for Node and for pages: Node does not find the modules inside it that register the gradients. */
async function bundleTfjs(place, ssr) {
  const { build } = await import('vite')
  const input = join(root, peerFolder, 'kernels/tfjsLibrary.mjs')
  await build({
    root: join(root, peerFolder),
    configFile: false,
    logLevel: 'error',
    ssr: { noExternal: true },
    // Its CommonJS glue asks for this and does not need it, being told where its wasm is.
    define: { __dirname: '""' },
    build: {
      ssr,
      lib: { entry: input, formats: ['es'] },
      outDir: join(root, folder),
      emptyOutDir: false,
      minify: false,
      rollupOptions: { input, output: { entryFileNames: `tfjs-${place}.mjs`, codeSplitting: false } },
    },
  })
}

async function assembleLimit() {
  const { default: openWabt } = await import('./node_modules/wabt/index.js')
  const wabt = await openWabt()
  const wat = readFileSync(join(root, peerFolder, 'limit.wat'), 'utf8')
  writeFileSync(join(root, folder, 'limit.wasm'), wabt.parseWat('limit.wat', wat).toBinary({}).buffer)
}

async function prepare({ peers }) {
  mkdirSync(join(root, folder), { recursive: true })
  if (!peers) return
  await ensurePackages(peerFolder)
  await assembleLimit()
  await bundleTfjs('node', true)
  await bundleTfjs('page', false)
}

/** The machine's PyTorch, where there is one: under python3 of PATH or the system's own. */
function findPyTorch() {
  return ['python3', '/usr/bin/python3'].find((python) => capture(python, ['-c', 'import torch'], { stdio: 'pipe' }) !== undefined)
}

async function openNative({ env, peers }) {
  await buildPreset('bench', env, ['bench_kernels'])
  const opened = [await openProgram({ command: join(root, folder, 'bench_kernels'), folder: join(root, folder) })]
  const python = peers && findPyTorch()
  if (python) opened.push(await openProgram({ command: python, args: [join(root, peerFolder, 'kernels.py')], folder: join(root, folder) }))
  else if (peers) console.log('PyTorch is not installed (Debian: python3-torch) and is left out')
  return opened
}

const hostOptions = ({ variant, peers }, engine) => ({ variants: variant, peers, versions: { losskit: packageVersion, engine } })

const openers = {
  node: async (options) => {
    const inNode = { ...hostOptions(options, process.version), tfjs: 'tfjs-node.mjs', wasmFolder: join(root, tfjsWasm) }
    return [await openNode({ module: join(root, host), folder: join(root, folder), options: inNode })]
  },
  chromium: async (options) => {
    const inPage = { ...hostOptions(options, ''), tfjs: 'tfjs-page.mjs', wasmFolder: `/${tfjsWasm}` }
    return [await openChromium({ module: host, folder, options: inPage })]
  },
  native: openNative,
}

const isWanted = (wanted, text) => wanted === undefined || wanted.some((part) => text.includes(part))

async function contendersOf(place, options) {
  const listed = await place.call('contenders')
  return listed.flatMap((contender, index) =>
    contender.isLimit || isWanted(options.contender, contender.name) ? [{ ...contender, place, index }] : [],
  )
}

function casesOf({ only, shape }) {
  return Object.entries(operations).flatMap(([operation, { shapes }]) =>
    (only === undefined || only.includes(operation) ? shapes : [])
      .filter((one) => shape === undefined || shape.includes(one))
      .map((one) => ({ operation, shape: one })),
  )
}

const largestError = (figures, reference) =>
  Math.max(...figures.map((figure, i) => Math.abs(figure - reference[i]) / Math.abs(reference[i])))

/** Opens a case in every place; those that have the operation, and how far their result is from the plain loop's, relatively. */
async function startAll(operation, shape, opened, contenders) {
  const files = writeData(join(root, folder, 'data'), operation, shape)
  for (const place of opened) await place.call('open', operation, files)
  const started = []
  let reference
  for (const contender of contenders) {
    const figures = await contender.place.call('start', contender.index)
    if (figures === undefined) continue
    if (!contender.isLimit) reference ??= figures
    const error = contender.isLimit ? 0 : largestError(figures, reference)
    started.push({ ...contender, figures, error, run: () => contender.place.call('run', contender.index) })
  }
  return { started, reference }
}

async function closeAll(opened) {
  for (const place of opened) await place.call('close')
}

/** Rows on which all must agree, as near as float sums of 30,000 exponentials in one order or another: those of tfjs and jax-js are off by 2e-5. */
const checkedRows = 300
const tolerance = 1e-4

/** Throws where a contender computes something else. On few rows: on 10^7 the float sums of some peers are off by more than a percent. */
async function check({ operation, shape }, opened, contenders) {
  const [rows, ...classes] = shape.split('x')
  const few = [Math.min(rows, checkedRows), ...classes].join('x')
  const { started, reference } = await startAll(operation, few, opened, contenders)
  for (const { name, place, figures, error } of started) {
    if (!(error <= tolerance)) throw new Error(`${operation} ${few}: ${name} in ${place.name} gives ${figures}, the others ${reference}`)
  }
  await closeAll(opened)
}

async function measure(one, opened, contenders, options) {
  await check(one, opened, contenders)
  const { started } = await startAll(one.operation, one.shape, opened, contenders)
  const times = await interleave(started, options)
  await closeAll(opened)
  return started.map(({ name: contender, version, place, error }, i) => ({
    group: name,
    ...one,
    place: place.name,
    contender,
    version: version || place.version || '',
    error: Number(error.toPrecision(2)),
    ...timed(times[i]),
  }))
}

/** Measures what the options ask for; `show` is given the results of each case as soon as they are there. */
export async function run(options, show) {
  await prepare(options)
  const opened = []
  try {
    for (const place of options.where) opened.push(...(await openers[place](options)))
    const contenders = (await Promise.all(opened.map((place) => contendersOf(place, options)))).flat()
    for (const one of casesOf(options)) {
      show(await measure(one, opened, contenders, options))
    }
  } finally {
    for (const place of opened) await place.close()
  }
}
