// Child processes, and the one way a script here ends badly: one line that says what to do.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../..', import.meta.url))

/** A failure whose message is meant for the person at the terminal, without a stack. */
export class Stop extends Error {}

/** Runs a command to its end; rejects with `Stop` when it fails. `quiet` keeps its output for the failure only. */
export function run(command, args, { quiet = false, env = {}, cwd = root } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', quiet ? 'pipe' : 'inherit', quiet ? 'pipe' : 'inherit'],
    })
    const output = []
    child.stdout?.on('data', (bytes) => output.push(bytes))
    child.stderr?.on('data', (bytes) => output.push(bytes))
    child.on('error', (error) => reject(new Stop(`${command}: ${error.message}`)))
    child.on('close', (code, signal) => {
      if (code === 0) return resolve()
      process.stderr.write(Buffer.concat(output))
      reject(new Stop(`failed (${signal ?? `exit code ${code}`}): ${command} ${args.join(' ')}`))
    })
  })
}

/** Standard output of a short command, or undefined when it cannot be run or fails. */
export function capture(command, args, options = {}) {
  const { status, stdout } = spawnSync(command, args, { encoding: 'utf8', cwd: root, maxBuffer: 1 << 28, ...options })
  return status === 0 ? stdout : undefined
}

/** Full path of a program on PATH, or undefined. */
export function which(program) {
  const folders = (process.env.PATH ?? '').split(delimiter)
  return folders.map((folder) => join(folder, program)).find((path) => existsSync(path))
}

/** Runs a script's main function; `Stop` ends it with its one line. */
export async function main(body) {
  try {
    await body()
  } catch (error) {
    if (!(error instanceof Stop)) throw error
    console.error(`\nlosskit: ${error.message}`)
    process.exitCode = 1
  }
}
