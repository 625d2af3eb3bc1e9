import { expect, test } from 'bun:test'
import * as pack from '../../../src/trace/pack.ts'

const bytes = (text: string) => Buffer.from(text)

test('what is compressed comes back, whether compression was worth it or not', () => {
  const random = crypto.getRandomValues(new Uint8Array(4096))
  for (const original of [
    bytes(''),
    bytes('('),
    bytes('short'),
    bytes('a'.repeat(10_000)),
    Buffer.from(random),
  ]) {
    const stored = pack.compress(original)
    expect(pack.decompress(stored).equals(original)).toBe(true)
    expect(stored.length).toBeLessThanOrEqual(original.length + 1)
  }
})

test('sections come back, the empty ones too', () => {
  for (const texts of [[], [''], ['a', '', 'b'.repeat(500), '']]) {
    expect(pack.unpackSections(pack.packSections(texts.map(bytes))).map(String)).toEqual(texts)
  }
})

test('a list of pieces comes back, with steps in both directions and literals of any length', () => {
  const entries: pack.Entry[] = [
    { kind: 'literal', bytes: bytes('{"messages":[') },
    { kind: 'piece', id: 7 },
    { kind: 'piece', id: 8 },
    { kind: 'piece', id: 3 },
    { kind: 'piece', id: 2 ** 40 },
    { kind: 'literal', bytes: bytes('x'.repeat(300)) },
    { kind: 'piece', id: 1 },
  ]
  expect(pack.unpackManifest(pack.packManifest(entries))).toEqual(entries)
  expect(pack.unpackManifest(pack.packManifest([]))).toEqual([])
})

test('500 pieces that follow each other are listed in less than 50 bytes', () => {
  const entries = Array.from({ length: 500 }, (_, at) => ({ kind: 'piece', id: 900 + at }) as const)
  expect(pack.packManifest(entries).length).toBeLessThan(50)
})

test('numbers come back at every length of their form', () => {
  const numbers = [0, 1, 127, 128, 16_383, 16_384, 2 ** 31, 2 ** 32, 2 ** 49 + 3, Number.MAX_SAFE_INTEGER]
  expect(pack.unpackNumbers(pack.packNumbers(numbers))).toEqual(numbers)
})

test('reads come back as they were told', () => {
  const reads = [1200, 14, 1200, 3000, 950_000, 1, 60_000_000, 65_536]
  expect(pack.unpackReads(pack.packReads(reads))).toEqual(reads)
  expect(pack.unpackReads(pack.packReads([]))).toEqual([])
})
