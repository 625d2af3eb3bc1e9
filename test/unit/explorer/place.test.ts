import { expect, test } from 'bun:test'
import { isFiltered, noFilter, parsePlace, toHash } from '../../../src/explorer/place.ts'

const id = '01kg9ys7g004d4n9t0df'

test('a place and its address say the same', () => {
  const filters = [noFilter, { text: 'a b&c=?#ü😀', outcome: 'client-left', provider: 'x/y' }] as const
  for (const filter of filters)
    for (const trace of [null, id]) {
      const place = { trace, filter }
      expect(parsePlace(toHash(place))).toEqual(place)
    }
})

test('the address of everything is short', () => {
  expect(toHash({ trace: null, filter: noFilter })).toBe('#/')
  expect(toHash({ trace: id, filter: noFilter })).toBe(`#/t/${id}`)
})

test.each([
  '',
  '#',
  '#/',
  '#/x',
  '#/t/',
  '#/t/short',
  `#/t/${id}0`,
  '#/t/../../api',
  '#?',
  '#/?outcome=no',
  '#/?%',
])('the address "%s" leads to the whole list', (hash) => {
  expect(parsePlace(hash)).toEqual({ trace: null, filter: noFilter })
})

test('what the address says too much of is cut', () => {
  const { filter } = parsePlace(`#/?text=${'x'.repeat(600)}&provider=${'y'.repeat(300)}`)
  expect([filter.text.length, filter.provider.length]).toEqual([500, 200])
})

test('a filter filters when any part of it is set', () => {
  expect(isFiltered(noFilter)).toBe(false)
  expect(isFiltered({ ...noFilter, provider: 'demo' })).toBe(true)
  expect(isFiltered({ ...noFilter, outcome: 'failed' })).toBe(true)
  expect(isFiltered({ ...noFilter, text: 'x' })).toBe(true)
})
