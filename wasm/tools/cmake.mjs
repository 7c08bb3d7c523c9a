// The presets of CMakePresets.json, configured and built.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root, run } from './run.mjs'

/** A build folder that was made with another Emscripten, or for a project folder elsewhere, cannot be used again. */
function needsFreshStart(preset, env) {
  const cache = join(root, 'build', preset, 'CMakeCache.txt')
  if (!existsSync(cache)) return false
  const text = readFileSync(cache, 'utf8')
  const entry = (name) => new RegExp(`^${name}:\\w+=(.*)$`, 'm').exec(text)?.[1]
  const toolchain = entry('CMAKE_TOOLCHAIN_FILE')
  return join(entry('CMAKE_HOME_DIRECTORY') ?? '', '/') !== root || (toolchain && !toolchain.startsWith(env.LOSSKIT_EMSCRIPTEN))
}

export async function configurePreset(preset, env) {
  const fresh = needsFreshStart(preset, env) ? ['--fresh'] : []
  await run('cmake', ['--preset', preset, ...fresh], { quiet: true, env })
}

/** Builds the named targets of a preset, or all. */
export async function buildPreset(preset, env, targets = []) {
  await configurePreset(preset, env)
  await run('cmake', ['--build', '--preset', preset, ...targets.flatMap((target) => ['--target', target])], { env })
}
