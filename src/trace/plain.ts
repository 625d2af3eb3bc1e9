import type { Header } from '../merge/report.ts'
import { inflateWhole } from '../wire/inflate.ts'
import { headerOf } from './header.ts'

/** A body that unfolds to more than this is taken for what it is: compressed bytes. */
export const mostInflatedBytes = 64 * 1024 * 1024

/** A body as it is behind the compression that its headers tell of; null if that cannot be undone within a bound. */
export function plainOf(
  bytes: Uint8Array,
  headers: readonly Header[],
  mostBytes = mostInflatedBytes,
): Uint8Array | null {
  return inflateWhole(bytes, headerOf(headers, 'content-encoding'), mostBytes)
}

/** Null for what is no UTF-8. */
export function textOf(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (error) {
    if (error instanceof TypeError) return null
    throw error
  }
}
