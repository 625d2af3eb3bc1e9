import { expect, test } from 'bun:test'
import { createSpares, leastSpareBytes } from '../../../src/merge/spares.ts'

const big = leastSpareBytes

function chunkOf(letter: string, length: number): Uint8Array {
  return Buffer.alloc(length, letter)
}

test('what came back is used again for as much or less, and begins with the new bytes', () => {
  const spares = createSpares()
  const first = spares.fill([chunkOf('a', big), chunkOf('b', big)], 2 * big)
  spares.giveBack(first)
  const again = spares.fill([chunkOf('c', big), chunkOf('d', 1)], big + 1)
  expect(again).toBe(first)
  const bytes = Buffer.from(again)
  expect(bytes.subarray(0, big).equals(chunkOf('c', big))).toBe(true)
  expect(bytes.toString('latin1', big, big + 2)).toBe('db')
  // It is out again: the next one needs memory of its own.
  expect(spares.fill([chunkOf('e', big)], big)).not.toBe(first)
})

test('for more than any spare holds, and for little, there is new memory of that size', () => {
  const spares = createSpares()
  spares.giveBack(new ArrayBuffer(big))
  expect(spares.fill([chunkOf('a', big + 1)], big + 1).byteLength).toBe(big + 1)
  expect(spares.fill([chunkOf('a', big - 1)], big - 1).byteLength).toBe(big - 1)
  expect(spares.fill([], 0).byteLength).toBe(0)
})

test('not more than four wait, nor more than 16 MiB', () => {
  const small = createSpares()
  const five = Array.from({ length: 5 }, () => new ArrayBuffer(big))
  for (const buffer of five) small.giveBack(buffer)
  const taken = five.map(() => small.fill([chunkOf('a', big)], big))
  expect(taken.filter((buffer) => five.includes(buffer))).toHaveLength(4)

  const large = createSpares()
  const two = [new ArrayBuffer(9 << 20), new ArrayBuffer(8 << 20)]
  for (const buffer of two) large.giveBack(buffer)
  const filled = two.map(() => large.fill([chunkOf('a', big)], big))
  expect(filled.filter((buffer) => two.includes(buffer))).toHaveLength(1)
})
