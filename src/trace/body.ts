import type { Header } from '../merge/report.ts'
import { inflateWhole } from '../wire/inflate.ts'
import { headerOf } from './exchange.ts'

/** Bytes as a reader wants them: JSON as a value, text as text, anything else as a note of what it is. */
export type Body = unknown

/** A body that unfolds to more than this is shown as what it is: compressed bytes. */
const mostInflatedBytes = 64 * 1024 * 1024

export function bodyOf(bytes: Buffer, headers: readonly Header[]): Body {
  if (bytes.length === 0) return null
  const plain = inflateWhole(bytes, headerOf(headers, 'content-encoding'), mostInflatedBytes)
  const text = plain === null ? null : textOf(plain)
  if (text === null) return { binary: true, bytes: bytes.length, sha256: Bun.SHA256.hash(bytes, 'hex') }
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return text
    throw error
  }
}

function textOf(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (error) {
    if (error instanceof TypeError) return null
    throw error
  }
}
