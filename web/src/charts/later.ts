// Work that nobody looks at yet, one piece a task, so that the page answers in between.
const waiting = new Set<() => void>()
let isRunning = false

function next() {
  const [task] = waiting
  isRunning = task !== undefined
  if (!task) return
  waiting.delete(task)
  task()
  setTimeout(next)
}

/** Does something soon; the function it gives takes that back. */
export function later(task: () => void): () => void {
  waiting.add(task)
  if (!isRunning) {
    isRunning = true
    setTimeout(next)
  }
  return () => waiting.delete(task)
}

/** Whether an element is in sight, or nearly. */
export function isNear(element: Element): boolean {
  const { top, bottom } = element.getBoundingClientRect()
  return bottom > -innerHeight / 2 && top < 1.5 * innerHeight
}
