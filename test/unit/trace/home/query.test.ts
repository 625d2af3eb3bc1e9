import { expect, test } from 'bun:test'
import { findText, isMeta, parseQuery } from '../../../../src/trace/home/query.ts'

test('free words are one text, and filters stand among them', () => {
  expect(parseQuery('  hello   is:annotated world meta:score>=0.5 ')).toEqual({
    kind: 'search',
    text: 'hello world',
    filters: [
      { kind: 'annotated', is: true },
      { kind: 'meta', key: 'score', operator: '>=', value: '0.5' },
    ],
  })
  expect(parseQuery('')).toEqual({ kind: 'search', text: '', filters: [] })
  expect(parseQuery('https://example.com a:b')).toMatchObject({ text: 'https://example.com a:b' })
})

test('a whole query of its own names traces or groups', () => {
  expect(parseQuery('is:invariant')).toEqual({ kind: 'invariant' })
  expect(parseQuery('filter:some label: with colon:1, 2,3')).toEqual({
    kind: 'numbers',
    label: 'some label: with colon',
    numbers: [1, 2, 3],
  })
  expect(parseQuery('idfilter:mine:a-1,b_2')).toEqual({ kind: 'ids', label: 'mine', ids: ['a-1', 'b_2'] })
})

test.each([
  'is:anotated',
  'not:invariant',
  'hello is:invariant',
  'meta:',
  'meta:score',
  'meta:score>',
  'meta:>5',
  'filter:1,2',
  'filter:a:',
  'filter:a:1,x',
  'filter:a:1,,2',
  'idfilter:a:b c',
  `${'x'.repeat(2001)}`,
])('"%s" is refused instead of finding more than was asked for', (query) => {
  expect(() => parseQuery(query)).toThrow()
})

const meta = (term: string) => {
  const query = parseQuery(`meta:${term}`)
  const [filter] = query.kind === 'search' ? query.filters : []
  if (filter?.kind !== 'meta') throw new Error(term)
  return isMeta(filter, { n: 5, text: 'Hello', yes: true, deep: { a: 1 }, nothing: null })
}

test('metadata is compared as numbers where both are, else as texts', () => {
  for (const term of [
    'n=5',
    'n==5.0',
    'n>4',
    'n>=5',
    'n<10',
    'n<=5',
    'text=Hello',
    'text%ELL',
    'yes=true',
    'n%5',
  ]) {
    expect([term, meta(term)]).toEqual([term, true])
  }
  for (const term of [
    'n=6',
    'n>5',
    'n<5',
    'text=hello',
    'text%x',
    'missing=1',
    'nothing=null',
    'toString%a',
  ]) {
    expect([term, meta(term)]).toEqual([term, false])
  }
})

test('a text is found wherever it stands, with the address of each place', () => {
  const messages = [
    { role: 'user', content: 'abcABC' },
    { role: 'tool', content: [{ type: 'text', text: 'xAbC' }] },
  ]
  expect(findText(messages, 'abc')).toEqual({
    'messages.0.content:0-3': { content: 'abc', source: 'search' },
    'messages.0.content:3-6': { content: 'ABC', source: 'search' },
    'messages.1.content.0.text:1-4': { content: 'AbC', source: 'search' },
  })
  expect(Object.keys(findText([{ content: 'a'.repeat(500) }], 'a'))).toHaveLength(100)
})

test('a place is counted in code points, as rules and Python count', () => {
  const content = '\u{1F30A} Meer \u{1F30A}\u{1F30A} meer'
  const places = Object.keys(findText([{ role: 'user', content }], 'meer'))
  expect(places).toEqual(['messages.0.content:2-6', 'messages.0.content:10-14'])
  const ranges = places.map((place) => place.split(':')[1]?.split('-').map(Number))
  expect(ranges.map((range) => [...content].slice(...(range ?? [])).join(''))).toEqual(['Meer', 'meer'])
})
