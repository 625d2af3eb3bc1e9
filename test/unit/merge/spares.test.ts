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

test('for more than any spare holds there is new memory with room for a little more, and for little just as much', () => {
  const spares = createSpares()
  spares.giveBack(new ArrayBuffer(big))
  expect(spares.fill([chunkOf('a', big + 1)], big + 1).byteLength).toBe(1 << 20)
  expect(spares.fill([chunkOf('a', (1 << 20) + 1)], (1 << 20) + 1).byteLength).toBe(2 << 20)
  expect(spares.fill([chunkOf('a', big - 1)], big - 1).byteLength).toBe(big - 1)
  expect(spares.fill([], 0).byteLength).toBe(0)
})

test('each turn of an agent finds the memory of the one before, although it is longer', () => {
  const spares = createSpares()
  const used = new Set<ArrayBuffer>()
  for (let bytes = big; bytes < 2 * big; bytes += 1000) {
    const buffer = spares.fill([chunkOf('a', bytes)], bytes)
    used.add(buffer)
    spares.giveBack(buffer)
  }
  expect(used.size).toBe(1)
})

test('the smallest that is large enough is used, and the smallest of all goes first', () => {
  const spares = createSpares()
  const [tiny, small, large] = [new ArrayBuffer(big), new ArrayBuffer(2 * big), new ArrayBuffer(3 * big)]
  for (const buffer of [large, tiny, small]) spares.giveBack(buffer)
  expect(spares.fill([chunkOf('a', big + 1)], big + 1)).toBe(small)
  for (let times = 0; times < 3; times++) spares.giveBack(new ArrayBuffer(4 * big))
  expect(spares.fill([chunkOf('a', big)], big)).toBe(large)
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
