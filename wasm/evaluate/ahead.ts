// Generators that go on while what they have given waits to be taken.

/** All that `source` gives, which is to see to it by itself that this is not too much. */
export async function* ahead<Item>(source: AsyncGenerator<Item>): AsyncGenerator<Item> {
  const given: Item[] = []
  let end: { error?: unknown } | undefined
  let wake = () => {}
  const run = async () => {
    try {
      for await (const item of source) {
        given.push(item)
        wake()
      }
      end = {}
    } catch (error) {
      end = { error }
    }
    wake()
  }
  void run()
  try {
    for (;;) {
      const item = given.shift()
      if (item !== undefined) yield item
      else if (end) break
      else {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    }
    if (end && 'error' in end) throw end.error
  } finally {
    // Not waited for: it may be waiting for what will not come.
    void source.return(undefined)
  }
}
