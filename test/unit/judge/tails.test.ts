import { expect, test } from 'bun:test'
import { goesOn, quiet, type Heard } from '../../../src/judge/hear/heard.ts'
import { createTails } from '../../../src/judge/tails.ts'

const piece = (text: string, channel = 'a', speaker = 'one'): Heard =>
  goesOn({ speaker, channel, path: [], text, is: 'next' })

/** How far each text stands when the next has come, and the last by itself. */
function levelsOf(...heard: readonly Heard[]): number[] {
  const tails = createTails()
  const [, ...levels] = heard.map((each) => tails.hear(each))
  return [...levels, tails.least()]
}

test('a word stands when white space follows it, a sentence when it had an end', () => {
  expect(levelsOf(piece('It'), piece(' is'), piece('.'), piece(' So'))).toEqual([1, 0, 2, 0])
  expect(levelsOf(piece('It is'), piece('n’t'), piece('!" '), piece('So'))).toEqual([0, 0, 2, 0])
  expect(levelsOf(piece('pi is 3.'), piece('14'), piece(' or'))).toEqual([0, 1, 0])
})

test('white space alone says no more than what stood before it', () => {
  expect(levelsOf(piece('It.'), piece(' '), piece('\n'))).toEqual([2, 2, 2])
  expect(levelsOf(piece('It'), piece(' '), piece(' foo'))).toEqual([1, 1, 0])
  expect(levelsOf(piece('It.'), piece(' foo '))).toEqual([2, 1])
})

test('a line is a sentence, and so is what ends as other scripts end them', () => {
  expect(levelsOf(piece('- one\n'))).toEqual([2])
  expect(levelsOf(piece('です。'))).toEqual([2])
  expect(levelsOf(piece('です'))).toEqual([1])
})

test('a text that another one follows has come to its end', () => {
  expect(levelsOf(piece('Hm', 'thinking'), piece('It', 'text'))).toEqual([3, 0])
})

test('of two that speak at once the one that stands less far counts', () => {
  expect(levelsOf(piece('It. '), piece('So', 'b', 'two'), piece('. ', 'b', 'two'))).toEqual([2, 0, 2])
  expect(levelsOf(piece('It'), { ...quiet, ends: ['one'] })).toEqual([0, 3])
  expect(levelsOf(piece('It'), piece('So', 'b', 'two'), { ...quiet, ends: 'all' })).toEqual([0, 3, 3])
})

test('a call stands nowhere until it has ended, whatever is said in it', () => {
  const call: Heard = { ...piece('{"a": 1. ', 'call'), opens: ['one'] }
  expect(levelsOf(piece('It'), call, call, { ...quiet, ends: ['one'] })).toEqual([3, 0, 0, 3])
})

test('a word of more than 64 letters is none', () => {
  const half = 'x'.repeat(32)
  expect(levelsOf(piece(half), piece(half), piece('x'), piece('x'))).toEqual([0, 0, 1, 1])
  expect(levelsOf(piece(` ${half}${half}`))).toEqual([0])
  expect(levelsOf(piece(` ${half}${half}x`))).toEqual([1])
})
