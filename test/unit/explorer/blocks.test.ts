import { expect, test } from 'bun:test'
import { blockLength, toBlocks } from '../../../src/explorer/blocks.ts'

test('the blocks joined are the text, at any length asked for', () => {
  const text = 'ab\n😀c'.repeat(20)
  for (let length = 0; length <= text.length + 1; length++) {
    const { blocks, end } = toBlocks(text, length)
    expect(blocks.join('')).toBe(text.slice(0, end))
    expect(blocks.join('').isWellFormed()).toBe(true)
    expect(end).toBeLessThanOrEqual(Math.min(length + 1, text.length))
  }
})

test('a long text is cut behind its line breaks', () => {
  const text = `${'x'.repeat(99)}\n`.repeat(1000)
  const { blocks, end } = toBlocks(text, text.length)
  expect(end).toBe(text.length)
  expect(blocks.length).toBe(Math.ceil(text.length / (Math.floor(blockLength / 100) * 100)))
  expect(blocks.every((block) => block.endsWith('\n'))).toBe(true)
})

test('a text without line breaks is never cut within a character', () => {
  const text = `x${'😀'.repeat(blockLength)}`
  const { blocks } = toBlocks(text, text.length)
  expect(blocks.length).toBe(2)
  expect(blocks.every((block) => block.isWellFormed())).toBe(true)
  expect(blocks.join('')).toBe(text)
})

test('an empty text has no blocks', () => {
  expect(toBlocks('', 100)).toEqual({ blocks: [], end: 0 })
})
