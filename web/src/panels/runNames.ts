// What the runs that are compared are called.
import { runs } from '../app/session'
import { distinctParts } from '../format/names'

export const names = (): string[] => runs.value.map(({ name }) => name)

/** For cells; the heads of the first table have them whole. */
export const shortNames = (): string[] => distinctParts(names())
