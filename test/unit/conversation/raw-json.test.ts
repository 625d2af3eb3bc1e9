import { expect, test } from 'bun:test'
import {
  hasObject,
  isFilled,
  rawElements,
  rawMember,
  rawObjects,
} from '../../../src/conversation/raw-json.ts'

test('a value keeps its digits, its escapes and its spaces', () => {
  const text = ' { "a" : 1.0 ,\n"b":"\\u00e9 \\" }", "c": [ 1e2 ,{"d":"]"}] ,"e":null} '
  expect(['a', 'b', 'c', 'e', 'none'].map((key) => rawMember(text, key))).toEqual([
    '1.0',
    '"\\u00e9 \\" }"',
    '[ 1e2 ,{"d":"]"}]',
    'null',
    '',
  ])
  expect(rawElements(rawMember(text, 'c'))).toEqual(['1e2', '{"d":"]"}'])
})

test('a name counts as a parser reads it, and the last of several stands', () => {
  expect(rawMember('{"\\u0061":1,"a":2.50}', 'a')).toBe('2.50')
  expect(rawMember('{"b":1,"\\u0061":3}', 'a')).toBe('3')
})

test('what is no object has no members, what is no list no elements', () => {
  expect([rawMember('[1]', '1'), rawMember('"a"', 'a'), rawMember('', 'a')]).toEqual(['', '', ''])
  expect([rawElements('{"a":1}'), rawElements('[]'), rawElements('[ ]'), rawElements('')]).toEqual([
    [],
    [],
    [],
    [],
  ])
})

test('only objects with something in them are told, by their place', () => {
  const list = '[{"input":{"a":1.0}},7,{"input":{ }},{"input":"x"},{"input":{"b":2}}]'
  expect([...rawObjects(list, 'input')]).toEqual([
    [0, '{"a":1.0}'],
    [4, '{"b":2}'],
  ])
  expect([isFilled('{ }'), isFilled('{\n"a":1}'), isFilled('[1]'), isFilled('')]).toEqual([
    false,
    true,
    false,
    false,
  ])
  expect([hasObject([1, { a: {} }], 'a'), hasObject([{ a: 1 }], 'a'), hasObject('x', 'a')]).toEqual([
    true,
    false,
    false,
  ])
})

test('a text that is no JSON ends the search', () => {
  for (const text of [
    '{',
    '{"a',
    '{"a"',
    '{"a":',
    '{"a":[',
    '{"a":{"b":"c',
    '{]',
    '{"\\x":1,"a":1}',
    '[}',
    '{,}',
  ])
    expect(() => [rawMember(text, 'a'), rawElements(text)]).not.toThrow()
})

test('it takes one pass, however much there is', () => {
  const block = '{"input":{"a":[1,2,{"b":"\\"c"}]}}'
  const startedAt = performance.now()
  expect(rawObjects(`[${`${block},`.repeat(100_000)}${block}]`, 'input').size).toBe(100_001)
  // About 100 ms; a pass for each element would take hours.
  expect(performance.now() - startedAt).toBeLessThan(5_000)
})
