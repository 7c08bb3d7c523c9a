// The command line of the bench.
import { parseArgs } from 'node:util'
import { Stop } from '../../wasm/tools/run.mjs'

export const places = ['node', 'chromium', 'native']

const help = `npm run bench -- [options]

  --group NAME       only this group; there are: GROUPS
  --only TEXT        only operations with this name; several: --only a --only b
  --shape TEXT       only this shape, for instance 1e6x10; several too
  --where PLACE      only in ${places.join(', ')}; several too
  --contender TEXT   only contenders whose name contains this; several too
  --variant NAME     only this variant of the package
  --repeats N        rounds at most (15), of which five are always done
  --seconds N        for a case, after which no round starts (4)
  --no-peers         the package beside the plain loop only; installs nothing
  --save             also writes web/docs/speed.json and web/docs/speed.md, what was not measured now staying as it was
`

const options = {
  group: { type: 'string', multiple: true },
  only: { type: 'string', multiple: true },
  shape: { type: 'string', multiple: true },
  where: { type: 'string', multiple: true, default: places },
  contender: { type: 'string', multiple: true },
  variant: { type: 'string', multiple: true, default: ['simd', 'relaxed-simd'] },
  repeats: { type: 'string', default: '15' },
  seconds: { type: 'string', default: '4' },
  peers: { type: 'boolean', default: true },
  save: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
}

/** '1e6x10' as '1000000x10'. */
const plainShape = (text) => text.split('x').map(Number).join('x')

function parse(args) {
  try {
    return parseArgs({ args, options, allowNegative: true }).values
  } catch (error) {
    throw new Stop(error.message)
  }
}

/** What the command line asks for, or undefined after the help was printed. */
export function readArguments(args, groups) {
  const values = parse(args)
  if (values.help) return void console.log(help.replace('GROUPS', groups.join(', ')))
  const check = (name, known) => {
    const unknown = (values[name] ?? []).find((value) => !known.includes(value))
    if (unknown !== undefined) throw new Stop(`--${name} ${unknown}: there are ${known.join(', ')}`)
  }
  check('where', places)
  check('group', groups)
  check('variant', options.variant.default)
  return {
    ...values,
    group: values.group ?? groups,
    shape: values.shape?.map(plainShape),
    repeats: Number(values.repeats),
    seconds: Number(values.seconds),
  }
}
