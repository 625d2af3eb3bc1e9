import type { Header } from '../merge/report.ts'
import { deflate } from '../wire/deflate.ts'
import { inflate } from '../wire/inflate.ts'
import { headerOf } from './header.ts'
import { mostInflatedBytes, plainOf } from './plain.ts'
import { maskBytes, type Secrets } from './secrets.ts'

/**
 * Credentials in bodies that came compressed, where a search of the bytes would not find them. Bytes within which nobody
 * can look are not stored where there are credentials to hide: their size and hash tell what they were.
 */
export type Withheld = 'credential-within' | 'unreadable'

/** What of a body may be stored, and why not all of it, as it came. */
export type Cleared = { readonly bytes: Buffer; readonly withheld: Withheld | null }

const nothing = Buffer.alloc(0)

/** A request: compressed anew without what is hidden. */
export function clearRequest(body: Buffer, headers: readonly Header[], secrets: Secrets): Cleared {
  const encoding = headerOf(headers, 'content-encoding')
  if (!isCompressed(encoding)) return { bytes: maskBytes(body, secrets), withheld: null }
  if (secrets.texts.length === 0 || body.length === 0) return { bytes: body, withheld: null }
  const plain = plainOf(body, headers)
  if (plain === null) return { bytes: nothing, withheld: 'unreadable' }
  const view = toBuffer(plain)
  const masked = maskBytes(view, secrets)
  if (masked === view) return { bytes: body, withheld: null }
  const packed = deflate(masked, encoding)
  if (packed === null) return { bytes: nothing, withheld: 'unreadable' }
  return { bytes: toBuffer(packed), withheld: 'credential-within' }
}

export type Reply = {
  readonly headers: readonly Header[]
  /** What is kept of it, and whether that is all that its provider meant to send. */
  readonly kept: () => readonly Uint8Array[]
  readonly isWhole: boolean
}

/** Why the bytes of an answer are not stored, which is then told by its rebuilt form alone. Null where they are. */
export function withheldOf({ headers, kept, isWhole }: Reply, secrets: Secrets): Withheld | null {
  if (secrets.texts.length === 0) return null
  const told = headerOf(headers, 'content-encoding')
  // Some relays leave the header out that says so; who rebuilds the answer sees it in the first byte, as is done here.
  const encoding = told === '' && kept().find(({ length }) => length > 0)?.[0] === gzipStart ? 'gzip' : told
  if (!isCompressed(encoding)) return null
  const bytes = Buffer.concat(kept())
  if (bytes.length === 0) return null
  const inflated = inflate(bytes, encoding, mostInflatedBytes)
  const plain = toBuffer(inflated.bytes)
  if (maskBytes(plain, secrets) !== plain) return 'credential-within'
  // Of an answer that was cut a beginning is all there is; of any other it is not: the rest could hold anything.
  return inflated.whole || (!isWhole && plain.length > 0) ? null : 'unreadable'
}

const gzipStart = 0x1f

function isCompressed(contentEncoding: string): boolean {
  return !/^[\s,]*(?:identity[\s,]*)*$/i.test(contentEncoding)
}

function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
