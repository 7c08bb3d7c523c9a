// Where the figures come from.
import { cpus, release, totalmem, type } from 'node:os'

/** Without what changes from day to day: figures of the same machine are kept side by side. */
export const machine = () => ({
  processor: cpus()[0].model,
  cores: cpus().length,
  memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
  system: `${type()} ${release()}`,
})
