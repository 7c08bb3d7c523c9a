import cancer from '../../../examples/data/cancer_scores.csv?url&no-inline'
import digits from '../../../examples/data/digits_logits.csv?url&no-inline'
import { text } from '../text/text'
import { open, problem } from './session'

export type SampleName = keyof typeof text.samples.about

/** Files of this site, fetched only when a person asks for one. */
const addresses: Record<SampleName, string> = {
  'digits_logits.csv': digits,
  'cancer_scores.csv': cancer,
}

export const sampleNames = Object.keys(addresses) as SampleName[]

export async function openSample(name: SampleName): Promise<void> {
  try {
    const response = await fetch(addresses[name])
    if (!response.ok) throw new Error(`${response.status} ${response.statusText}`)
    open(new File([await response.blob()], name, { type: 'text/csv' }))
  } catch (error) {
    const message = text.samples.failed(error instanceof Error ? error.message : String(error))
    problem.value = { name, settings: {}, failure: { kind: 'internal', message }, restarted: false }
  }
}
