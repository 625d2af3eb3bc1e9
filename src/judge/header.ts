import { Fault } from '../core/fault.ts'
import { headerOrder } from '../merge/guardrail.ts'
import { rulesHeader } from '../wire/headers.ts'
import type { GivenOrder } from './given.ts'

/**
 * Rules that a request brings itself, in the header that Invariant's gateway knows. A header is one line of bytes, so
 * clients escape (`text.encode("unicode_escape")` of Python), send UTF-8 as it is, or base64 of it.
 */

/** An empty header is none. */
export function bringsOrder(headers: Headers): boolean {
  return (headers.get(rulesHeader) ?? '').trim() !== ''
}

/** Null without the header. */
export function orderOf(headers: Headers): GivenOrder | null {
  const written = headers.get(rulesHeader)
  if (written === null || written.trim() === '') return null
  return {
    name: headerOrder,
    text: rulesIn(written),
    action: 'block',
    mode: 'hold',
    on: 'both',
    onError: 'block',
    strict: false,
    input: {},
    isClients: true,
  }
}

export function rulesIn(written: string): string {
  const text = utf8Of(written)
  return unescaped(fromBase64(text) ?? text)
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** A header's value has a letter for each byte; some runtimes have put the letters together already. */
function utf8Of(value: string): string {
  if (!/[\x80-\xff]/.test(value) || /[^\0-\xff]/.test(value)) return value
  return decodeUtf8(Buffer.from(value, 'latin1')) ?? value
}

function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return strictUtf8.decode(bytes)
  } catch (error) {
    if (error instanceof TypeError) return null
    throw error
  }
}

/** A policy has blanks between its words and base64 has none, so that neither is ever taken for the other. */
function fromBase64(text: string): string | null {
  const plain = text.trim()
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(plain) || plain.length % 4 === 1) return null
  return decodeUtf8(Buffer.from(plain, 'base64'))
}

const escapes = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{1,3})|(\r?\n)|([^]?))/g

const simple: Readonly<Record<string, string>> = {
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
}

/**
 * Python's `unicode_escape`. A text that has line feeds of its own was not escaped: what looks like an escape in it is
 * part of its patterns.
 */
function unescaped(text: string): string {
  if (text.includes('\n')) return text
  return text.replace(
    escapes,
    (whole, x?: string, u?: string, long?: string, octal?: string, end?: string, letter = '') => {
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8))
      if (end !== undefined) return ''
      const code = x ?? u ?? long
      if (code !== undefined) return character(Number.parseInt(code, 16))
      const meant = simple[letter]
      if (meant !== undefined) return meant
      if ('xuUN'.includes(letter)) throw broken(whole)
      return whole
    },
  )
}

function character(code: number): string {
  if (code > 0x10ffff) throw broken('\\U')
  return String.fromCodePoint(code)
}

function broken(what: string): Fault {
  const why = what === '' ? '' : `: "${what}" begins an escape that does not end`
  return new Fault('bad-request', `Cannot read the header Invariant-Guardrails${why}`)
}
