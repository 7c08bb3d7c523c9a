import cancer from '../../../examples/data/cancer_scores.csv?url&no-inline'
import attributes from '../../../examples/data/digits_attributes.npz?url&no-inline'
import digits from '../../../examples/data/digits_logits.csv?url&no-inline'
import punctuation from '../../../examples/data/punctuation_tokens.npz?url&no-inline'
import type { Settings } from '../evaluation/protocol'
import { text } from '../text/text'
import { settingsInAddress } from './address'
import { openMany, showProblem } from './session'

type SampleName = keyof typeof text.samples.about

interface Sample {
  address: string
  /** What the file itself does not say. */
  settings?: Settings
}

/** Files of this site, fetched only when a person asks for one. */
const samples: Record<SampleName, Sample> = {
  'digits_logits.csv': { address: digits },
  'cancer_scores.csv': { address: cancer },
  'digits_attributes.npz': { address: attributes },
  'punctuation_tokens.npz': { address: punctuation, settings: { classNames: ['nothing', 'comma', 'full stop', 'colon'] } },
}

export const sampleNames = Object.keys(samples) as SampleName[]

export async function openSample(name: SampleName): Promise<void> {
  const { address, settings } = samples[name]
  try {
    const response = await fetch(address)
    if (!response.ok) throw new Error(`${response.status} ${response.statusText}`)
    await openMany([new File([await response.blob()], name)], { ...settingsInAddress(), ...settings })
  } catch (error) {
    const message = text.samples.failed(error instanceof Error ? error.message : String(error))
    showProblem(name, { kind: 'internal', message })
  }
}
