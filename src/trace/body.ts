import type { Header } from '../merge/report.ts'
import { isMedia } from '../wire/media.ts'
import type { PartNote } from './asked.ts'
import { headerOf } from './header.ts'
import { plainOf, textOf } from './plain.ts'
import type { Reference } from './reference.ts'
import type { Digest } from './trace.ts'

/** Bytes as a reader wants them: JSON as a value, text as text, anything else as a reference to what it was. */
export type Body = unknown

/** What is known of a body without its bytes. */
export type Known = { readonly digest: Digest; readonly parts?: readonly PartNote[] | undefined }

export function bodyOf(bytes: Buffer, headers: readonly Header[], { digest, parts }: Known): Body {
  if (digest.bytes === 0) return null
  const contentType = headerOf(headers, 'content-type')
  const reference = { contentType: contentType === '' ? null : contentType, ...digest }
  if (parts !== undefined) return { kind: 'multipart', ...reference, parts } satisfies Reference
  const isText = !isMedia(contentType) || (isOctets(contentType) && bytes.length === digest.bytes)
  if (isText && bytes.length === 0) return null
  const plain = isText ? plainOf(bytes, headers) : null
  const text = plain === null ? null : textOf(plain)
  if (text === null) return { kind: 'binary', ...reference } satisfies Reference
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return text
    throw error
  }
}

/** As which files are served whatever they are: lists of JSON among them. */
function isOctets(contentType: string): boolean {
  return /^\s*application\/octet-stream/i.test(contentType)
}
