// The wasm that reads and evaluates files, running: inside the package, loaded when it is first asked for.
import { oncePer, sharedOf } from '../inlined.js'
import { compile, type Factory, instantiate } from '../instantiate.js'
import type { MainModule } from '../module/evaluate-simd.js'

export type {
  DelimitedScanner,
  Evaluation,
  IdTable,
  JsonScanner,
  MainModule,
  RowTerms,
  TemperatureSample,
} from '../module/evaluate-simd.js'

const glues = {
  simd: () => import('../module/evaluate-simd.js'),
  'relaxed-simd': () => import('../module/evaluate-relaxed-simd.js'),
}

/** For threads that instantiate it themselves. */
export const compiledModule = sharedOf(
  {
    simd: () => import('../module/evaluate-simd-bytes.js'),
    'relaxed-simd': () => import('../module/evaluate-relaxed-simd-bytes.js'),
  },
  (_variant, wasm) => compile(wasm),
)

export const loadModule = oncePer(async (variant) => {
  const [glue, module] = await Promise.all([glues[variant](), compiledModule(variant)])
  return instantiate(glue.default as Factory<MainModule>, module)
})
