import { concatenate } from '../wire/body.ts'

/**
 * The binary forms of what is stored: numbers of 7 bits a byte, sections one after the other, the list of
 * pieces a body consists of. Compressed when that is shorter; zstd's own first byte tells one from the other.
 */
const zstdMark = 0x28
const plainMark = 0x00
/** Shorter ones are not tried: at 100 bytes zstd gains nothing and costs 7 µs. */
const leastToCompress = 128
/** Level 3 gains 6 % on bodies of 1 to 4 KiB and costs 25 % more time. */
const level = 1

export type Entry =
  { readonly kind: 'piece'; readonly id: number } | { readonly kind: 'literal'; readonly bytes: Uint8Array }

export function compress(bytes: Uint8Array): Uint8Array {
  if (bytes.length >= leastToCompress) {
    const packed = Bun.zstdCompressSync(bytes, { level })
    if (packed.length < bytes.length) return packed
  }
  const plain = new Uint8Array(bytes.length + 1)
  plain[0] = plainMark
  plain.set(bytes, 1)
  return plain
}

export function decompress(stored: Uint8Array): Buffer {
  if (stored[0] === zstdMark) return Bun.zstdDecompressSync(stored)
  return Buffer.from(stored.buffer, stored.byteOffset + 1, stored.length - 1)
}

export function packSections(sections: readonly Uint8Array[]): Uint8Array {
  const head = packNumbers([sections.length, ...sections.map((section) => section.length)])
  return compress(concatenate([head, ...sections]))
}

export function unpackSections(stored: Uint8Array): Buffer[] {
  const bytes = decompress(stored)
  const numbers = createNumberReader(bytes)
  const lengths = Array.from({ length: numbers.next() }, () => numbers.next())
  let at = numbers.at()
  return lengths.map((length) => bytes.subarray(at, (at += length)))
}

/** Ids follow each other in most bodies: told as steps, 500 pieces are 500 bytes and compress to 30. */
export function packManifest(entries: readonly Entry[]): Uint8Array {
  const parts: Uint8Array[] = []
  let last = 0
  for (const entry of entries) {
    if (entry.kind === 'literal') {
      parts.push(packNumbers([entry.bytes.length * 2 + 1]), entry.bytes)
    } else {
      parts.push(packNumbers([zigzag(entry.id - last) * 2]))
      last = entry.id
    }
  }
  return compress(concatenate(parts))
}

export function unpackManifest(stored: Uint8Array): Entry[] {
  const bytes = decompress(stored)
  const numbers = createNumberReader(bytes)
  const entries: Entry[] = []
  let last = 0
  while (numbers.at() < bytes.length) {
    const number = numbers.next()
    if (number % 2 === 1) {
      const length = (number - 1) / 2
      entries.push({ kind: 'literal', bytes: bytes.subarray(numbers.at(), numbers.at() + length) })
      numbers.skip(length)
    } else {
      last += unzigzag(number / 2)
      entries.push({ kind: 'piece', id: last })
    }
  }
  return entries
}

/** Whole numbers from zero. */
export function packNumbers(numbers: readonly number[]): Uint8Array {
  const bytes: number[] = []
  for (const number of numbers) {
    let rest = number
    while (rest >= 128) {
      bytes.push((rest % 128) + 128)
      rest = Math.floor(rest / 128)
    }
    bytes.push(rest)
  }
  return Uint8Array.from(bytes)
}

export function unpackNumbers(bytes: Uint8Array): number[] {
  const reader = createNumberReader(bytes)
  const numbers: number[] = []
  while (reader.at() < bytes.length) numbers.push(reader.next())
  return numbers
}

/** Pairs of microseconds and bytes: the moments only grow, so their steps are kept. */
export function packReads(reads: readonly number[]): Uint8Array {
  return packNumbers(
    reads.map((number, at) => (at % 2 === 1 ? number : Math.max(0, number - (reads[at - 2] ?? 0)))),
  )
}

export function unpackReads(bytes: Uint8Array): number[] {
  const numbers = unpackNumbers(bytes)
  for (let at = 2; at < numbers.length; at += 2) numbers[at] = (numbers[at] ?? 0) + (numbers[at - 2] ?? 0)
  return numbers
}

function createNumberReader(bytes: Uint8Array) {
  let at = 0
  const next = () => {
    let number = 0
    let scale = 1
    for (;;) {
      const byte = bytes[at++] ?? 0
      number += (byte % 128) * scale
      if (byte < 128) return number
      scale *= 128
    }
  }
  return { next, at: () => at, skip: (length: number) => void (at += length) }
}

function zigzag(number: number): number {
  return number < 0 ? -number * 2 - 1 : number * 2
}

function unzigzag(number: number): number {
  return number % 2 === 1 ? -(number + 1) / 2 : number / 2
}
