import { expect, test } from 'bun:test'
import { orderOf, rulesIn } from '../../../src/judge/header.ts'
import { messageFrom } from '../../support/throwing.ts'

const policy = 'raise "no ☂ \\"here\\"" if:\n  (msg: Message)\n\tfind("\\\\bé\\\\d+ 𝄞", msg.content)'

/** As Python's `text.encode("unicode_escape")` writes it. */
function escaped(text: string): string {
  const written = [...text].map((letter) => {
    const code = letter.codePointAt(0) ?? 0
    if (letter === '\\') return '\\\\'
    if (letter === '\n') return '\\n'
    if (letter === '\t') return '\\t'
    if (code < 0x20 || (code >= 0x7f && code < 0x100)) return `\\x${code.toString(16).padStart(2, '0')}`
    if (code < 0x7f) return letter
    return code < 0x10000
      ? `\\u${code.toString(16).padStart(4, '0')}`
      : `\\U${code.toString(16).padStart(8, '0')}`
  })
  return written.join('')
}

test('a policy comes as Python escapes it', () => {
  expect(rulesIn(escaped(policy))).toBe(policy)
})

test('a policy comes as base64 of its UTF-8, in either alphabet, padded or not', () => {
  const written = Buffer.from(policy).toString('base64')
  for (const form of [written, written.replace(/=+$/, ''), Buffer.from(policy).toString('base64url')]) {
    expect(rulesIn(form)).toBe(policy)
  }
})

test('raw UTF-8 comes as a letter for each byte, or put together already', () => {
  const raw = 'raise "é☂𝄞" if: (m: Message)'
  expect(rulesIn(Buffer.from(raw).toString('latin1'))).toBe(raw)
  expect(rulesIn(raw)).toBe(raw)
  // No UTF-8: then each byte is a letter, as in Latin 1.
  expect(rulesIn('a\\nb \xe9')).toBe('a\nb é')
})

test('every escape of Python means what it means there', () => {
  expect(rulesIn(String.raw`a \n\r\t\a\b\f\v\\ \' \" \x41\101\7 \u00e9\U0001d11e`)).toBe(
    'a \n\r\t\x07\b\f\v\\ \' " AA\x07 é𝄞',
  )
  // What is no escape stays, as in Python.
  expect(rulesIn(String.raw`a \d \w \.`)).toBe(String.raw`a \d \w \.`)
})

test('an escape that does not end is the mistake of the client', () => {
  for (const wrong of [
    String.raw`a \x4`,
    String.raw`a \u12`,
    String.raw`a \U0001`,
    String.raw`a \UffffFFFF`,
  ]) {
    expect(messageFrom(() => rulesIn(wrong))).toContain('Cannot read the header Invariant-Guardrails')
  }
})

test('without the header, or with an empty one, a request brings no rules', () => {
  expect(orderOf(new Headers())).toBeNull()
  expect(orderOf(new Headers({ 'Invariant-Guardrails': '  ' }))).toBeNull()
  expect(orderOf(new Headers({ 'Invariant-Guardrails': 'raise "x" if: (m: Message)' }))).toMatchObject({
    action: 'block',
    mode: 'hold',
    isClients: true,
    text: 'raise "x" if: (m: Message)',
  })
})
