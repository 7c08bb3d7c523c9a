// npm run format: rewrites every source file in the project's style.
import { formatCpp } from './cpp.mjs'
import { main, run } from './run.mjs'
import { setUp } from './setup.mjs'

await main(async () => {
  const env = await setUp(['clang-format'])
  await formatCpp(['-i'])
  await run('biome', ['check', '--write'], { env })
})
