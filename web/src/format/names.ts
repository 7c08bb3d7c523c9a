// Names of files side by side, where there is little room for each.

/** Letters of all names together that have room beside each other. */
const roomy = 60

/** Ends a word in the name of a file. */
const isBoundary = (letter: string | undefined) => letter === undefined || /[\s._\-/]/.test(letter)

/** Letters that all names begin with, up to the end of a word. */
function sharedLetters(names: readonly string[]): number {
  const [first = '', ...others] = names
  const isShared = (at: number) => others.every((name) => name[at] === first[at])
  let end = 0
  for (let at = 0; at < first.length && isShared(at); at++) if (isBoundary(first[at])) end = at + 1
  return end
}

const reversed = (name: string) => [...name].reverse().join('')

/** What tells the names apart, where they are long and have much in common: '…run_3…' for 'resnet50_run_3_of_july.csv'. */
export function distinctParts(names: readonly string[]): string[] {
  const begin = sharedLetters(names)
  const end = sharedLetters(names.map((name) => reversed(name.slice(begin))))
  const parts = names.map((name) => name.slice(begin, name.length - end))
  if (names.length < 2 || names.every((name) => name.length <= roomy / names.length) || parts.includes('')) return [...names]
  return parts.map((part) => `${begin > 0 ? '…' : ''}${part}${end > 0 ? '…' : ''}`)
}

/** Parts of a name, behind each of which a line may end. */
export const partsOf = (name: string): string[] => name.match(/\.*[^\s._\-/]{1,16}[\s_\-/]*|[\s._\-/]+/g) ?? []
