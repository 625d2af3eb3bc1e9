import { expect, test } from 'bun:test'
import { findPlaces } from '../../../src/config/lines.ts'
import { lineOf } from '../../../src/config/place.ts'

/** The key behind each line's `# path` mark must be found at that line. */
function expectMarks(text: string): void {
  Bun.YAML.parse(text)
  const places = findPlaces(text)
  const found: string[] = []
  const wanted: string[] = []
  for (const [index, line] of text.split('\n').entries()) {
    const mark = /# @(\S+)/.exec(line)?.[1]
    if (mark === undefined) continue
    wanted.push(`${mark} ${index + 1}`)
    found.push(`${mark} ${lineOf(places, mark.split('.'))}`)
  }
  expect(wanted.length).toBeGreaterThan(0)
  expect(found).toEqual(wanted)
}

test('keys of nested block maps have their own lines', () => {
  expectMarks(`
# A comment before everything: with a colon
listen: 127.0.0.1:9347 # @listen
providers: # @providers

  openai: # @providers.openai
    key: $OPENAI # @providers.openai.key
    "quoted:key": 1 # @providers.openai.quoted:key
  'it''s': # @providers.it's
      deep: true # @providers.it's.deep
log: info # @log
`)
})

test('a key with spaces, a colon or a hash inside is one key', () => {
  const places = findPlaces('a b: 1\nhttp://x: 2\nc#d: 3\n"e\\u0041": 4\n')
  expect([...places.members.keys()]).toEqual(['a b', 'http://x', 'c#d', 'eA'])
})

test('items of block lists have their own lines, in every layout', () => {
  expectMarks(`
deep: # @deep
  - one # @deep.0
  - two # @deep.1
flat: # @flat
- a: 1 # @flat.0.a
  b: 2 # @flat.0.b
- # @flat.1
  c: 3 # @flat.1.c
-   d: # @flat.2.d
      e: 1 # @flat.2.d.e
    f: 2 # @flat.2.f
nested: # @nested
  - - x # @nested.0.0
    - y # @nested.0.1
  - - z: 1 # @nested.1.0.z
after: 1 # @after
`)
})

test('what looks like a key within a block scalar or a long plain text is none', () => {
  const text = `
text: |
  log: no
  - no

  more: no
folded: >-
    data: no
plain: this goes on
  and on - still
  # not a comment mark in the way
list:
  - |
    x: no
  - y: yes
log: info
`
  const places = findPlaces(text)
  expect([...places.members.keys()]).toEqual(['text', 'folded', 'plain', 'list', 'log'])
  expect(lineOf(places, ['log'])).toBe(16)
  expect(lineOf(places, ['list', '1', 'y'])).toBe(15)
  expect(places.members.get('list')?.members.size).toBe(2)
})

test('quoted text over several lines is skipped whole', () => {
  const text = `a: "one\n  b: two\n  \\" c: three"\nd: 'it''s\n  e: x'\nf: 1\n`
  const places = findPlaces(text)
  expect([...places.members.keys()]).toEqual(['a', 'd', 'f'])
  expect(lineOf(places, ['f'])).toBe(6)
})

test('flow maps and lists are followed over lines, comments and quotes', () => {
  const text = `a: {b: 1, "c": [x, {d: 2}, "]"], # {
  e: 'it, }', f: http://g,
  h: {
    i: 1
  }}
j: [k: l,
  m]
n: 1`
  Bun.YAML.parse(text)
  const places = findPlaces(text)
  const line = (path: string) => lineOf(places, path.split('.'))
  expect(['a.b', 'a.c.1.d', 'a.e', 'a.f', 'a.h', 'a.h.i', 'j.0.k', 'j.1', 'n'].map(line)).toEqual([
    1, 1, 2, 2, 3, 4, 6, 7, 8,
  ])
  expect([...places.members.keys()]).toEqual(['a', 'j', 'n'])
})

test('JSON is followed, compact or spread', () => {
  const value = {
    listen: ':1',
    providers: { 'a.b': { models: ['x', { y: [] }], key: '{"' }, c: {} },
    z: null,
  }
  for (const indent of [0, 1, 2, '\t']) {
    const text = JSON.stringify(value, null, indent)
    const places = findPlaces(text)
    for (const key of ['listen', 'a.b', 'models', 'key', 'c', 'z', 'y']) {
      const wanted = text.slice(0, text.indexOf(`"${key}"`)).split('\n').length
      const path = { 'a.b': ['providers', 'a.b'], models: ['providers', 'a.b', 'models'] }[key]
      const deeper = {
        key: ['providers', 'a.b', 'key'],
        c: ['providers', 'c'],
        y: ['providers', 'a.b', 'models', '1', 'y'],
      }[key]
      expect(lineOf(places, path ?? deeper ?? [key])).toBe(wanted)
    }
  }
})

test('a value on the line after its key belongs to the key', () => {
  const places = findPlaces('a:\n  {b: 1,\n   c: 2}\nd:\n  "x: y"\ne: &mark\n  f: 1\ng: !!map\n  h: 1\n')
  expect(lineOf(places, ['a', 'c'])).toBe(3)
  expect(places.members.get('d')?.members.size).toBe(0)
  expect(lineOf(places, ['e', 'f'])).toBe(7)
  expect(lineOf(places, ['g', 'h'])).toBe(9)
})

test('an alias, a merge key and a missing key have the line of the key around them', () => {
  const places = findPlaces('base: &b\n  x: 1\nuse: *b\nmore:\n  <<: *b\n  y: 1\n')
  expect(lineOf(places, ['use', 'x'])).toBe(3)
  expect(lineOf(places, ['more', 'x'])).toBe(4)
  expect(lineOf(places, ['more', 'y'])).toBe(6)
  expect(lineOf(places, ['nowhere', 'at', 'all'])).toBe(1)
})

test('a key given twice is noted with its second line', () => {
  expect(findPlaces('a: 1\nb: 2\na: 3\n').repeated).toEqual([{ key: 'a', line: 3 }])
  expect(findPlaces('{a: 1,\n a: 2}').repeated).toEqual([{ key: 'a', line: 2 }])
  expect(findPlaces('a:\n  x: 1\nb:\n  x: 1\n- x').repeated).toEqual([])
})

test('line endings of Windows and a document mark change nothing', () => {
  const places = findPlaces('---\r\na:\r\n  b: 1\r\n  c: "x"\r\nd: [1,\r\n 2]\r\ne: 1\r\n')
  expect(lineOf(places, ['a', 'c'])).toBe(4)
  expect(lineOf(places, ['e'])).toBe(7)
})

test('a text that ends anywhere is still read to its end', () => {
  const text = 'a: {b: [1, "x\\"", {c: \'d\'}], e: 2} # f\ng:\n  - h: |\n      i\n    j: "k"\n'
  for (let end = 0; end <= text.length; end++) expect(findPlaces(text.slice(0, end)).line).toBe(1)
})

/** Chance that repeats itself (Mulberry32). */
function createChance(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

const words = [
  'a',
  'b c',
  'x: y',
  '- z',
  '# no',
  "it's",
  '"q"',
  '{',
  ']',
  'k:',
  '',
  '*',
  '&m',
  '1',
  'true',
  'l\n: m\n- n',
  'é😀',
  ',',
  '|',
  '$A',
]

function valueOf(chance: (below: number) => number, depth: number): unknown {
  const kind = chance(depth > 3 ? 1 : 4)
  const word = (): string => words[chance(words.length)] ?? ''
  if (kind === 1) return Array.from({ length: chance(4) }, () => valueOf(chance, depth + 1))
  if (kind > 1)
    return Object.fromEntries(
      Array.from({ length: chance(4) }, () => [word() + chance(9), valueOf(chance, depth + 1)]),
    )
  return chance(3) === 0 ? chance(100) : word()
}

/** The keys of a value as nested maps, to compare with the places found. */
function keysOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return {}
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, keysOf(member)]))
}

function keysAt(place: ReturnType<typeof findPlaces>): unknown {
  expect(place.repeated).toEqual([])
  return Object.fromEntries([...place.members].map(([key, member]) => [key, keysAt(member)]))
}

test('whatever a printer of YAML or JSON writes, all keys are found and no others', () => {
  const chance = createChance(9347)
  for (let round = 0; round < 400; round++) {
    const value = { first: valueOf(chance, 0), last: valueOf(chance, 0) }
    const texts = [
      Bun.YAML.stringify(value, null, 2),
      Bun.YAML.stringify(value, null, 4),
      Bun.YAML.stringify(value),
    ]
    texts.push(JSON.stringify(value, null, chance(3)))
    for (const text of texts) {
      expect(Bun.YAML.parse(text)).toEqual(value)
      expect({ text, keys: keysAt(findPlaces(text)) }).toEqual({ text, keys: keysOf(value) })
    }
  }
})
