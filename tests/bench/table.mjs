// A case on the screen: its contenders, their medians in each place, and how many times as long as the fastest of the package's they take.

const baseline = /^losskit .*in place$/

/** Three digits. */
export const milliseconds = (ms) => (ms < 999.5 ? ms.toPrecision(3) : ms.toFixed(0))

/** What a place's figures are compared with: the package's fastest there, for what is native its fastest anywhere. */
function baselineOf(results, place) {
  const own = results.filter((one) => baseline.test(one.contender) && (one.place === place || place === 'native'))
  return own.length > 0 ? Math.min(...own.map(({ ms }) => ms)) : undefined
}

export function printCase(results) {
  const [{ group, operation, shape }] = results
  const placeNames = [...new Set(results.map(({ place }) => place))]
  const rows = [...new Set(results.map(({ contender }) => contender))].map((contender) => {
    const row = { [`${group}: ms`]: contender }
    for (const place of placeNames) {
      const one = results.find((result) => result.contender === contender && result.place === place)
      const base = baselineOf(results, place)
      row[place] = one ? milliseconds(one.ms) : ''
      if (base) row[`${place}, times`] = one ? (one.ms / base).toFixed(2) : ''
    }
    return row
  })
  console.log(`\n${operation} [${shape.replaceAll('x', ', ')}]`)
  console.log(alignColumns(rows))
}

/** Rows of strings under their keys; numbers to the right. */
function alignColumns(rows) {
  const keys = Object.keys(rows[0])
  const lines = [keys, ...rows.map((row) => keys.map((key) => row[key]))]
  const widths = keys.map((_, i) => Math.max(...lines.map((line) => line[i].length)))
  return lines.map((line) => line.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('  ')).join('\n')
}
