// The loop that the readers of tables are measured with: mean cross entropy of rows [label, logit, …].

/** Takes a row at a time. */
export function crossEntropy() {
  let sum = 0
  let count = 0
  return {
    add(row) {
      let max = row[1]
      for (let c = 2; c < row.length; c++) if (row[c] > max) max = row[c]
      let total = 0
      for (let c = 1; c < row.length; c++) total += Math.exp(row[c] - max)
      sum += max + Math.log(total) - row[1 + row[0]]
      count++
    },
    mean: () => sum / count,
  }
}
