import type { Report } from 'losskit/evaluate'
import { percent } from './number'

/** Of no row there is none. */
export const accuracyOf = ({ rows, accuracy }: Report): number | null => (rows === 0 ? null : accuracy)

export const accuracyText = (report: Report): string => percent(accuracyOf(report))
