// Turns of a thread that has others to serve.

/** A page stays responsive, and a cancelled evaluation ends, within this many milliseconds. */
export const longestTurn = 25

/** Lets everything else that waits have its turn. (Browsers hold a timer back for 4 ms, a message they do not.) */
export function turn(): Promise<void> {
  const { port1, port2 } = new MessageChannel()
  return new Promise((resolve) => {
    port1.onmessage = () => {
      port1.close()
      resolve()
    }
    port2.postMessage(undefined)
  })
}

/** Milliseconds in which a page that was told something can say what it wants next. */
const answerTime = 10

/** Before what is not to be interrupted, for those who may have it no longer wanted. */
export const answered = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, answerTime))

/** Pauses as often as is due, where it is asked often. */
export class Pauses {
  readonly #longest: number
  readonly #pause: () => Promise<void>
  #begin = performance.now()

  constructor(longest: number, pause: () => Promise<void>) {
    this.#longest = longest
    this.#pause = pause
  }

  async ifDue(): Promise<void> {
    if (performance.now() - this.#begin < this.#longest) return
    await this.#pause()
    this.#begin = performance.now()
  }
}
