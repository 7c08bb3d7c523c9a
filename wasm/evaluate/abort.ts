// Work that a signal ends at once, whatever it still waits for.

/** What the work comes to, or the signal's reason as soon as it is aborted; then `onAbort` is called, and what comes of the work is dropped. */
export function unlessAborted<Result>(
  signal: AbortSignal | undefined,
  work: () => Promise<Result>,
  onAbort: (reason: unknown) => void = () => {},
): Promise<Result> {
  if (!signal) return work()
  return new Promise((resolve, reject) => {
    const abort = () => {
      onAbort(signal.reason)
      reject(signal.reason)
    }
    if (signal.aborted) return abort()
    signal.addEventListener('abort', abort)
    work()
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', abort))
  })
}
