// Eigen, fast_float and GoogleTest, gathered in .toolchain/deps for CMake.
import { existsSync, lstatSync, mkdirSync, readlinkSync, rmSync, symlinkSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { Stop } from './run.mjs'

export const dependencyPackages = ['libeigen3-dev', 'libfast-float-dev', 'googletest']

/** Where each may stand below a prefix such as /usr: as Debian has it, as others do. */
const dependencies = [
  { name: 'Eigen', link: 'include/Eigen', places: ['include/eigen3/Eigen', 'include/Eigen'] },
  { name: 'fast_float', link: 'include/fast_float', places: ['include/fast_float'] },
  { name: 'GoogleTest', link: 'include/gtest', places: ['src/googletest/googletest/include/gtest', 'include/gtest'] },
  { name: "GoogleTest's sources", link: 'src/googletest', places: ['src/googletest', 'include/googletest'] },
]

function placeLink(target, link) {
  const text = relative(dirname(link), target)
  if (lstatSync(link, { throwIfNoEntry: false })) {
    if (readlinkSync(link) === text) return
    rmSync(link)
  }
  mkdirSync(dirname(link), { recursive: true })
  symlinkSync(text, link)
}

/** Links the dependencies found below `prefixes`, and nothing that stands beside them, into one folder. */
export function linkDependencies(prefixes, folder) {
  const missing = []
  for (const { name, link, places } of dependencies) {
    const candidates = prefixes.flatMap((prefix) => places.map((place) => join(prefix, place)))
    const found = candidates.find((path) => existsSync(path))
    if (found) placeLink(found, join(folder, link))
    else missing.push(name)
  }
  if (missing.length === 0) return
  throw new Stop(`please install ${missing.join(', ')}, or name in CMAKE_PREFIX_PATH the prefix they are installed in`)
}
