import { expect, test } from 'bun:test'
import { concatenate } from '../../../src/wire/body.ts'
import { addPart, createParts } from '../../../src/wire/parts.ts'
import { createRandom } from '../../support/random.ts'

const bytes = (length: number, fill = 1) => new Uint8Array(length).fill(fill)

test('what comes byte by byte is kept in few objects', () => {
  const parts = createParts()
  for (let at = 0; at < 100_000; at++) addPart(parts, bytes(1, at % 251))
  expect(parts.list.length).toBe(Math.ceil(100_000 / 4096))
  expect(concatenate(parts.list).every((byte, at) => byte === at % 251)).toBe(true)
})

test('a part alone and large parts stay as they came, and empty ones are none', () => {
  const parts = createParts()
  const [small, large] = [bytes(10), bytes(4096)]
  for (const part of [bytes(0), small, bytes(0), large]) addPart(parts, part)
  expect(parts.list).toHaveLength(2)
  expect([parts.list[0] === small, parts.list[1] === large]).toEqual([true, true])
})

test('parts of any sizes are the same bytes, what came is never written to, and neighbours are never both small', () => {
  for (let seed = 0; seed < 40; seed++) {
    const random = createRandom(seed)
    const came = Array.from({ length: 50 }, (_, at) =>
      // Each the beginning of a larger buffer, as those of a socket may be.
      bytes(8192, at).subarray(0, random.pick([0, 1, 5, 100, 2000, 4095, 4096, 4097, 8000])),
    )
    const parts = createParts()
    for (const part of came) addPart(parts, part)
    expect(Buffer.compare(concatenate(parts.list), concatenate(came))).toBe(0)
    came.forEach((part, at) => expect(Buffer.compare(new Uint8Array(part.buffer), bytes(8192, at))).toBe(0))
    const lengths = parts.list.map(({ byteLength }) => byteLength)
    lengths.slice(1).forEach((length, at) => expect(length + (lengths[at] ?? 0)).toBeGreaterThan(4096))
  }
})
