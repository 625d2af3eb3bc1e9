import { expect, test } from 'bun:test'
import { absorb, overlay } from '../../../src/conversation/accumulate.ts'
import { isObject, readObject } from '../../../src/conversation/json.ts'
import type { JsonObject } from '../../../src/conversation/json.ts'

function absorbAll(...deltas: readonly JsonObject[]): JsonObject {
  const target: JsonObject = {}
  for (const delta of deltas) absorb(target, delta)
  return target
}

test('strings of a delta are joined, but those that name or number something are told again', () => {
  expect(
    absorbAll({ text: 'a', id: 'x', type: 't' }, { text: 'b', id: 'y', type: '' }, { text: '' }),
  ).toEqual({
    text: 'ab',
    id: 'y',
    type: 't',
  })
})

test('pieces of a text where a list stands are one text, in however many pieces they come', () => {
  const list = () => ({ text: [{ a: 1 }] })
  expect(absorbAll(list(), { text: 'a' }, { text: '' }, { text: 'bc' })).toEqual({ text: [{ a: 1 }, 'abc'] })
  expect(absorbAll(list(), { text: 'abc' })).toEqual({ text: [{ a: 1 }, 'abc'] })
  expect(absorbAll(list(), { text: ['a'] }, { text: ['b'] })).toEqual({ text: [{ a: 1 }, 'a', 'b'] })
})

test('null never overwrites a value, and is kept where there is none', () => {
  expect(absorbAll({ a: null }, { a: 'x', b: 1 }, { a: null, b: null })).toEqual({ a: 'x', b: 1 })
  expect(absorbAll({ a: null }, { a: null })).toEqual({ a: null })
})

test('numbers and booleans are told again, objects grow field by field', () => {
  expect(absorbAll({ n: 1, o: { t: 'a', k: true } }, { n: 2, o: { t: 'b', k: false, m: 1 } })).toEqual({
    n: 2,
    o: { t: 'ab', k: false, m: 1 },
  })
})

test('elements grow by index and type, also within one delta; those without an index are new', () => {
  expect(
    absorbAll(
      { l: [{ index: 1, text: 'a' }, { index: 1, text: 'b' }, { text: 'x' }, 7] },
      { l: [{ index: 0, type: 't', text: 'c' }, { index: 1, text: 'd' }, { text: 'x' }] },
      {
        l: [
          { index: 0, type: 'u', text: 'e' },
          { index: 0, type: 't', text: 'f' },
        ],
      },
      { l: 'odd' },
    ),
  ).toEqual({
    l: [
      { index: 1, text: 'abd' },
      { text: 'x' },
      7,
      { index: 0, type: 't', text: 'cf' },
      { text: 'x' },
      { index: 0, type: 'u', text: 'e' },
      'odd',
    ],
  })
})

test('outside of deltas the last value stands, and objects are merged', () => {
  const target: JsonObject = {}
  overlay(target, { model: 'a', usage: { input: 1, details: { cached: 1 } }, list: [1] })
  overlay(target, { model: '', usage: { output: 2, details: null }, list: [2, 3], more: null })
  expect(target).toEqual({
    model: 'a',
    usage: { input: 1, output: 2, details: { cached: 1 } },
    list: [2, 3],
    more: null,
  })
})

test('fields called like what every object inherits are fields like others', () => {
  const text = '{"__proto__":{"polluted":"a"},"constructor":{"x":"b"},"toString":"c","hasOwnProperty":"d"}'
  for (const add of [absorb, overlay]) {
    const target: JsonObject = {}
    add(target, readObject(text) ?? {})
    add(target, readObject(text) ?? {})
    expect(Object.keys(target)).toEqual(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])
    expect(isObject(Object.prototype) && Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
  }
})

test('100,000 elements are placed in time that grows with their number', () => {
  const startedAt = performance.now()
  const target: JsonObject = {}
  for (let index = 0; index < 100_000; index++) absorb(target, { l: [{ index: index * 7, text: 'a' }] })
  expect(target['l']).toHaveLength(100_000)
  // It takes about 60 ms; looking through all of them for each takes a minute.
  expect(performance.now() - startedAt).toBeLessThan(5_000)
})
