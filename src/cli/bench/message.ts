/**
 * HTTP/1.1 messages on a raw socket, as far as a benchmark must know them: the head, how many bytes of body came, and
 * where it ends. Raw, because fetch and Bun.serve would cost more than what is measured and blur its first bytes.
 */
export type Hearing = {
  readonly head: (text: string) => void
  readonly body: (bytes: number) => void
  readonly end: () => void
}

export type MessageReader = { readonly push: (chunk: Uint8Array) => void }

type Reading =
  | { readonly kind: 'head' }
  | { readonly kind: 'sized'; left: number }
  | { readonly kind: 'chunk-size' }
  | { readonly kind: 'chunk'; left: number }
  | { readonly kind: 'trailer' }
  | { readonly kind: 'until-close' }

const nothing = Buffer.alloc(0)
const head: Reading = { kind: 'head' }
const chunkSize: Reading = { kind: 'chunk-size' }
const trailer: Reading = { kind: 'trailer' }

/** `unsized` says what a message without a length has: a request no body, an answer one until the close. */
export function createMessageReader(hearing: Hearing, unsized: 'empty' | 'until-close'): MessageReader {
  let reading: Reading = head
  let held: Buffer = nothing

  function push(chunk: Uint8Array): void {
    const came = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    const bytes = held.byteLength === 0 ? came : Buffer.concat([held, came])
    let at = 0
    while (at < bytes.byteLength) {
      const next = step(bytes, at)
      if (next === null) break
      at = next
    }
    // A copy: Bun uses the chunk's memory again for the next one.
    held = at === bytes.byteLength ? nothing : Buffer.from(bytes.subarray(at))
  }

  /** Where the next step goes on; null if it takes more bytes. */
  function step(bytes: Buffer, at: number): number | null {
    switch (reading.kind) {
      case 'head':
        return stepHead(bytes, at)
      case 'chunk-size':
        return stepChunkSize(bytes, at)
      case 'trailer':
        return stepTrailer(bytes, at)
      case 'until-close':
        hearing.body(bytes.byteLength - at)
        return bytes.byteLength
      case 'sized':
      case 'chunk':
        return stepBody(reading, bytes, at)
    }
  }

  function stepHead(bytes: Buffer, at: number): number | null {
    const end = bytes.indexOf('\r\n\r\n', at)
    if (end < 0) return null
    const text = bytes.toString('latin1', at, end)
    hearing.head(text)
    const length = /\r\ncontent-length: *(\d+)/i.exec(text)?.[1]
    if (/\r\ntransfer-encoding: *chunked/i.test(text)) reading = chunkSize
    else if (length !== undefined) reading = { kind: 'sized', left: Number(length) }
    else reading = unsized === 'empty' ? { kind: 'sized', left: 0 } : { kind: 'until-close' }
    if (reading.kind === 'sized' && reading.left === 0) finish()
    return end + 4
  }

  function stepChunkSize(bytes: Buffer, at: number): number | null {
    const end = bytes.indexOf('\r\n', at)
    if (end < 0) return null
    const size = parseInt(bytes.toString('latin1', at, end), 16)
    if (Number.isNaN(size)) throw new Error('a chunk without a size')
    // Its line end counts with it, and is no part of the body.
    reading = size === 0 ? trailer : { kind: 'chunk', left: size + 2 }
    return end + 2
  }

  function stepTrailer(bytes: Buffer, at: number): number | null {
    const end = bytes.indexOf('\r\n', at)
    if (end < 0) return null
    if (end === at) finish()
    return end + 2
  }

  function stepBody(
    part: { readonly kind: 'sized' | 'chunk'; left: number },
    bytes: Buffer,
    at: number,
  ): number {
    const taken = Math.min(part.left, bytes.byteLength - at)
    const lineEnd = part.kind === 'chunk' ? 2 : 0
    const before = Math.max(0, part.left - lineEnd)
    part.left -= taken
    const after = Math.max(0, part.left - lineEnd)
    if (before > after) hearing.body(before - after)
    if (part.left === 0 && part.kind === 'chunk') reading = chunkSize
    if (part.left === 0 && part.kind === 'sized') finish()
    return at + taken
  }

  function finish(): void {
    reading = head
    hearing.end()
  }

  return { push }
}
