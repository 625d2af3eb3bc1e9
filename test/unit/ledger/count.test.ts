import { expect, test } from 'bun:test'
import { createCount } from '../../../src/ledger/count.ts'
import { estimateTokens } from '../../../src/ledger/estimate.ts'

const sentence = 'Some words of number 17, and 漢字 between them; '

test('a text has the same count the first time and every time after, and texts that are nearly alike their own', () => {
  const count = createCount()
  const texts = [0, 1, 5, 6, 7, 200].flatMap((times) => {
    const text = sentence.repeat(times)
    return [text, `${text}x`, `x${text}`, text.replace('words', 'sword')]
  })
  for (let round = 0; round < 3; round++)
    for (const text of texts) expect(count(text)).toBe(estimateTokens(text))
})

test('counts stay right when more texts come than are remembered', () => {
  const count = createCount()
  const textOf = (number: number) => `${number} ${'word '.repeat(52)}`
  const tokens = estimateTokens(textOf(12345))
  for (let number = 10_000; number < 45_000; number++) expect(count(textOf(number))).toBe(tokens)
  for (let number = 10_000; number < 10_100; number++) expect(count(textOf(number))).toBe(tokens)
})

test('what is remembered is not counted again, and what is short is always', () => {
  const counted: string[] = []
  const count = createCount((text) => counted.push(text))
  const long = sentence.repeat(10)
  const said = [long, 'short', long, 'short', `${long}!`, long].map(count)
  expect(counted).toEqual([long, 'short', 'short', `${long}!`])
  expect(said).toEqual([1, 2, 1, 3, 4, 1])
})
