import { headerIn } from './provider.ts'

/**
 * An answer as it comes in on a raw socket, read once and not anew with each part: of 20 MB in 300 parts, reading all of
 * it again each time is 3 GB.
 */
export type ReplyReader = {
  readonly feed: (bytes: Buffer) => void
  /** The line and headers of the final answer, empty until all of them are here. */
  readonly head: () => string
  /** Without its framing, as far as it has come. */
  readonly body: () => Buffer
  readonly isWhole: () => boolean
}

type Phase =
  | { readonly kind: 'head' }
  /** Bytes of the body that are still to come; infinitely many where only the connection's end tells. */
  | { readonly kind: 'body'; left: number }
  | { readonly kind: 'size' }
  /** Of a chunk, its line end counted. */
  | { readonly kind: 'chunk'; left: number }
  | { readonly kind: 'trailer' }
  | { readonly kind: 'whole' }
  | { readonly kind: 'wrong' }

const nothing: Buffer = Buffer.alloc(0)

export function createReplyReader(): ReplyReader {
  const parts: Buffer[] = []
  let head = ''
  let phase: Phase = { kind: 'head' }
  // What could not be read yet: an unfinished head or line.
  let rest: Buffer = nothing

  const upTo = (mark: string): string | null => {
    const end = rest.indexOf(mark)
    if (end === -1) return null
    const text = rest.subarray(0, end + mark.length).toString('latin1')
    rest = rest.subarray(end + mark.length)
    return text
  }

  const take = (left: number): number => {
    const some = rest.subarray(0, left)
    if (some.length > 0) parts.push(some)
    rest = rest.subarray(some.length)
    return left - some.length
  }

  /** The next phase; null while more bytes are needed to tell. */
  const step = (): Phase | null => {
    switch (phase.kind) {
      case 'head': {
        const found = upTo('\r\n\r\n')
        // Heads of 1xx come before the final one.
        if (found === null || found[9] === '1') return found === null ? null : { kind: 'head' }
        head = found
        return phaseAfter(found)
      }
      case 'body': {
        phase.left = take(phase.left)
        return phase.left === 0 ? { kind: 'whole' } : null
      }
      case 'size': {
        const line = upTo('\r\n')
        if (line === null) return null
        const size = Number.parseInt(line, 16)
        if (Number.isNaN(size)) return { kind: 'wrong' }
        return size === 0 ? { kind: 'trailer' } : { kind: 'chunk', left: size + 2 }
      }
      case 'chunk': {
        if (phase.left > 2) phase.left = take(phase.left - 2) + 2
        if (phase.left > 2 || rest.length < 2) return null
        rest = rest.subarray(2)
        return { kind: 'size' }
      }
      case 'trailer': {
        const line = upTo('\r\n')
        if (line === null) return null
        return line === '\r\n' ? { kind: 'whole' } : { kind: 'trailer' }
      }
      case 'whole':
      case 'wrong':
        return null
    }
  }

  return {
    feed: (bytes) => {
      rest = rest.length === 0 ? bytes : Buffer.concat([rest, bytes])
      for (let next = step(); next !== null; next = step()) phase = next
    },
    head: () => head,
    body: () => {
      if (parts.length > 1) parts.splice(0, parts.length, Buffer.concat(parts))
      return parts[0] ?? nothing
    },
    isWhole: () => phase.kind === 'whole',
  }
}

function phaseAfter(head: string): Phase {
  const status = head.slice(9, 12)
  if (status === '204' || status === '304') return { kind: 'whole' }
  if (headerIn(head, 'transfer-encoding') === 'chunked') return { kind: 'size' }
  const length = headerIn(head, 'content-length')
  if (length === undefined) return { kind: 'body', left: Infinity }
  return Number(length) === 0 ? { kind: 'whole' } : { kind: 'body', left: Number(length) }
}
