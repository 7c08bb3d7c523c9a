// Whether losses are shown as means or sums. No setting of an evaluation: a report has both.
import { signal } from '@preact/signals'

export type Reduction = 'mean' | 'sum'

export const reductions: Reduction[] = ['mean', 'sum']

const inAddress = () => new URLSearchParams(location.hash.slice(1)).get('reduction')

export const reduction = signal<Reduction>(reductions.find((each) => each === inAddress()) ?? 'mean')
