import { classWeights, load } from 'losskit'
import { evaluate } from 'losskit/evaluate'
import { load as loadExternal } from 'losskit/external'
import { tfjsLoss } from 'losskit/tfjs'

/** Everything that needs the kernels happens in the browser, behind the button. */
export function render() {
  const later = [load, evaluate, loadExternal, tfjsLoss].map((each) => typeof each)
  const [positive, negative] = classWeights([100, 10000], 'complement')
  return { html: `<button>Evaluate</button><p>${positive.toFixed(4)} ${negative.toFixed(4)}</p>`, later }
}
