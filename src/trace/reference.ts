import type { PartNote } from './asked.ts'
import type { Digest } from './trace.ts'

/** A body that is no text, by what it was: size and hash are those of all that came, however much of it is kept. */
export type Reference = Digest & { readonly contentType: string | null } & (
    { readonly kind: 'binary' } | { readonly kind: 'multipart'; readonly parts: readonly PartNote[] }
  )

/** For the eye, a line each; null for a body that is no reference. It may be anything: it comes from a store. */
export function referenceLines(body: unknown, sizeText: (bytes: number) => string): string[] | null {
  if (!isObject(body) || typeof body['bytes'] !== 'number') return null
  const { kind, bytes, sha256, contentType, parts } = body
  if (kind !== 'binary' && kind !== 'multipart') return null
  const hash = typeof sha256 === 'string' ? `sha256 ${sha256}` : 'sha256 unknown'
  const whole = `${typeof contentType === 'string' ? contentType : 'binary'}, ${sizeText(bytes)}, ${hash}`
  return [
    whole,
    ...(Array.isArray(parts) ? parts.filter(isObject).map((part) => partLine(part, sizeText)) : []),
  ]
}

function partLine(part: Record<string, unknown>, sizeText: (bytes: number) => string): string {
  const { name, fileName, contentType, bytes, sha256, text } = part
  if (typeof text === 'string') return `${name ?? '-'}: ${text}`
  const size = typeof bytes === 'number' ? sizeText(bytes) : null
  const hash = typeof sha256 === 'string' ? `sha256 ${sha256}` : null
  const told = [fileName, contentType, size, hash]
  return `${name ?? '-'}: ${told.filter((each) => typeof each === 'string').join(', ')}`
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
