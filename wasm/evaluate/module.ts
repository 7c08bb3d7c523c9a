// The wasm that reads and evaluates files, running: inside the package, loaded when it is first asked for.
import { oncePer, sharedOf } from '../inlined.js'
import { compile, type Factory, instantiate } from '../instantiate.js'
import glue, { type MainModule } from '../module/evaluation.js'

export type {
  DelimitedScanner,
  Evaluation,
  IdTable,
  JsonScanner,
  MainModule,
  RowTerms,
  TemperatureSample,
} from '../module/evaluation.js'

/** For threads that instantiate it themselves. */
export const compiledModule = sharedOf(
  {
    simd: () => import('../module/evaluate-simd-bytes.js'),
    'relaxed-simd': () => import('../module/evaluate-relaxed-simd-bytes.js'),
  },
  (_variant, wasm) => compile(wasm),
)

export const loadModule = oncePer(async (variant) => {
  return instantiate(glue as unknown as Factory<MainModule>, await compiledModule(variant))
})
