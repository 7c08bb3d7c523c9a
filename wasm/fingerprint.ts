// One number that stands for a loss and its options, so that a saved accumulator is not read by another one.

/** Typed arrays and other array-likes as plain arrays, so that equal options give equal text however they were given. */
const plain = (_key: string, value: unknown): unknown =>
  ArrayBuffer.isView(value) ? Array.from(value as unknown as ArrayLike<number | bigint>, Number) : value

/** 32-bit FNV-1a of the loss's name and the checked options that change what it adds up. */
export function fingerprint(name: string, options: object): number {
  const text = JSON.stringify([name, options], plain)
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash >>> 0
}
