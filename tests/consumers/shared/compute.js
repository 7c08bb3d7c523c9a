// What every project here computes with what it has imported: a loss, and the report of a file.
export async function compute(load, evaluate) {
  const nn = await load()
  const { value, grad } = nn.crossEntropyLoss().valueAndGrad([[2, 0]], [0])
  const report = await evaluate(new File(['label,logit_0,logit_1\n0,2,0\n1,0,2\n1,2,0\n'], 'three.csv'))
  return { value, gradient: Array.from(grad.data), rows: report.rows, mean: report.losses[0].mean }
}

/** A file that is large enough for workers; without `workers` the package has its own way. */
export async function evaluateLarge(evaluate, workers) {
  const file = new File(['label,logit_0,logit_1\n', '0,2,0\n1,0,2\n1,2,0\n'.repeat(500_000)], 'large.csv')
  const { rows, losses } = await evaluate(file, { workers })
  return { rows, mean: losses[0].mean }
}
