import { expect, test } from 'bun:test'
import { createPaint, printable, printableLine, wantsColor } from '../../../src/cli/paint.ts'

test('colours are wanted by terminals that have not declined them', () => {
  expect(wantsColor(true, {})).toBe(true)
  expect(wantsColor(true, { NO_COLOR: '' })).toBe(true)
  expect(wantsColor(true, { NO_COLOR: '0' })).toBe(false)
  expect(wantsColor(true, { TERM: 'dumb' })).toBe(false)
  expect(wantsColor(false, {})).toBe(false)
})

test('without colours a text stays as it is', () => {
  expect(createPaint(false)('red', 'a')).toBe('a')
  expect(createPaint(true)('red', 'a')).toBe('\x1b[31ma\x1b[39m')
})

test('every control character becomes visible, but line feeds and tabs', () => {
  for (let code = 0; code < 0x2100; code++) {
    const character = String.fromCharCode(code)
    const shown = printable(character)
    if (character === '\n' || character === '\t') expect(shown).toBe(character)
    else if (character === '\r') expect(shown).toBe('')
    else if (/\p{Cc}/u.test(character)) expect(shown).toMatch(/^\\u[0-9a-f]{4}$/)
  }
  expect(printable('a\u202eb\u2066c')).toBe('a\\u202eb\\u2066c')
  expect(printable('日本 😀 é')).toBe('日本 😀 é')
})

test('in a cell, every run of blanks is one space', () => {
  expect(printableLine('a\n\tb \r\n c')).toBe('a b c')
})
