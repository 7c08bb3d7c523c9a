// What the accumulators of all losses refuse.
import type { GhmState, LossState } from './module/losses.js'
import type { Native } from './native.js'

/** The state, unless it has been given back. */
export function liveState<State extends LossState | GhmState>(name: string, state: State): State {
  if (state.isDeleted()) throw new TypeError(`${name}: this accumulator has been disposed of`)
  return state
}

export function checkMergeable(name: string, isSameLoss: boolean, isSameModule: boolean): void {
  if (!isSameLoss) throw new TypeError(`${name}: merge takes an accumulator of the same loss with the same options`)
  if (!isSameModule) throw new TypeError(`${name}: merge takes an accumulator of the same load(); send another one's as bytes`)
}

/** Fills a fresh state from saved bytes, or gives it back and throws. */
export function readState(name: string, native: Native, state: LossState | GhmState, bytes: Uint8Array, settings: number): void {
  try {
    if (!(bytes instanceof Uint8Array)) throw new TypeError(`${name}: an accumulator's bytes must be a Uint8Array`)
    if (native.heap.withBytes(bytes, (address, size) => state.fromBytes(address, size, settings))) return
    throw new RangeError(`${name}: these ${bytes.length} bytes are no whole saved accumulator of this version, loss and options`)
  } catch (error) {
    state.delete()
    throw error
  }
}

/** A state as bytes. */
export const saveState = ({ heap }: Native, state: LossState | GhmState, settings: number): Uint8Array =>
  heap.bytesFrom(state.byteCount(), (address) => state.toBytes(address, settings))
