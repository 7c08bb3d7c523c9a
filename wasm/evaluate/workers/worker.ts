// The worker: evaluates the portions of a file that it is given. It imports nothing at run time but what unpacks
// rows of some formats, by its place, so that bundlers make one file of it.
import { DataError } from '../../errors.js'
import { type Factory, instantiate } from '../../instantiate.js'
import glue from '../../module/evaluation.js'
import type { GroupReader } from '../groups.js'
import { type EvaluatedBatch, memoryOf } from '../keptRows.js'
import type { MainModule } from '../module.js'
import { Problems } from '../problems.js'
import { HeldRows } from './heldRows.js'
import { PortionReader } from './portionReader.js'
import type { Failure, FromWorker, ToWorker } from './protocol.js'

interface Port {
  postMessage(message: FromWorker, transfer?: ArrayBuffer[]): void
  onMessage(take: (message: ToWorker) => void): void
}

/** In Node the port to the thread that started this one, elsewhere the global scope. */
function openPort(): Port {
  const parent = globalThis.process?.getBuiltinModule?.('node:worker_threads').parentPort
  if (parent) {
    return {
      postMessage: (message, transfer = []) => parent.postMessage(message, transfer),
      onMessage: (take) => parent.on('message', take),
    }
  }
  // lib "DOM" types the global scope as a window, whose postMessage wants an origin.
  const scope = globalThis as unknown as Worker
  return {
    postMessage: (message, transfer = []) => scope.postMessage(message, transfer),
    onMessage: (take) => scope.addEventListener('message', ({ data }: MessageEvent<ToWorker>) => take(data)),
  }
}

function failureOf(error: unknown): Failure {
  if (!(error instanceof DataError)) return { message: error instanceof Error ? error.message : String(error) }
  return { problem: error.problems[0] }
}

const port = openPort()
let reader: PortionReader | undefined
const held = new Map<number, HeldRows>()

type Asked<Kind extends ToWorker['kind']> = Extract<ToWorker, { kind: Kind }>

const factory = glue as unknown as Factory<MainModule>

/** All that a worker does is done by the same module. */
let instance: Promise<MainModule> | undefined

async function start({ module, task }: Asked<'start'>): Promise<void> {
  instance ??= instantiate(factory, module)
  const native = await instance
  // Not one of the modules that this one is made of.
  const unpacker: GroupReader | undefined = task.reader && (await import(/* @vite-ignore */ /* webpackIgnore: true */ task.reader))
  reader?.dispose()
  reader = new PortionReader(native, task, unpacker)
  port.postMessage({ kind: 'ready' })
}

async function hold({ module, holding }: Asked<'hold'>): Promise<void> {
  instance ??= instantiate(factory, module)
  held.set(holding.id, new HeldRows(await instance, holding))
  port.postMessage({ kind: 'held' })
}

function release(id: number): void {
  held.get(id)?.dispose()
  held.delete(id)
}

/** One that cannot be read is an error behind those in front of it, which are evaluated all the same. */
function takePiece(reader: PortionReader, { number, piece }: Asked<'piece'>): void {
  try {
    port.postMessage({ kind: 'looked', looks: reader.takePiece(number, piece) })
  } catch (error) {
    port.postMessage({ kind: 'looked', looks: [], failure: failureOf(error) })
  }
}

async function take(message: ToWorker): Promise<void> {
  if (message.kind === 'start') return start(message)
  if (message.kind === 'hold') return hold(message)
  if (message.kind === 'release') return release(message.id)
  if (message.kind === 'losses') {
    port.postMessage({ kind: 'losses', state: held.get(message.id)?.losses(message.settings) })
    return
  }
  if (!reader) throw new Error('a worker was given a portion before its task')
  if (message.kind === 'sum') {
    port.postMessage({ kind: 'summed', ...reader.sum() })
    return
  }
  if (message.kind === 'piece') return takePiece(reader, message)
  if (message.kind === 'look') {
    port.postMessage({ kind: 'looked', looks: [reader.lookAtPiece(message.number, message.state)] })
    return
  }
  const { content, part, keep } = message
  const noted = new Problems()
  const kept: EvaluatedBatch[] = []
  const rows = await reader.read(content, { part, problems: noted, keep: keep && { keeps: keep, take: (each) => kept.push(each) } })
  const problems = noted.all.flatMap((error) => error.problems)
  const room = 'room' in content ? content.room : undefined
  port.postMessage({ kind: 'read', rows, problems, lastRow: noted.lastRow, room, kept }, [
    ...(room ? [room] : []),
    ...kept.flatMap(memoryOf),
  ])
}

/** What was asked before is answered before. */
let answered: Promise<void> = Promise.resolve()

port.onMessage((message) => {
  answered = answered.then(() => take(message)).catch((error: unknown) => port.postMessage({ kind: 'failed', failure: failureOf(error) }))
})
