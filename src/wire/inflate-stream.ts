import * as zlib from 'node:zlib'
import type { Transform } from 'node:stream'
import { inOrder, isWrapped } from './inflate.ts'

/** A compressed body that is inflated as it comes: what each part of it adds to what could be read before. */
export type Inflater = {
  /** One at a time. Null from the first byte on that cannot be read, or is too much. */
  readonly feed: (bytes: Uint8Array) => Promise<Uint8Array<ArrayBuffer> | null>
  /** Releases zlib's memory, which otherwise waits for the collector. */
  readonly close: () => void
}

/** Null if an encoding is not known. */
export function createInflater(contentEncoding: string, mostBytes: number): Inflater | null {
  const creates = inOrder(contentEncoding, creators)
  if (creates === null) return null
  const stages = creates.map((create) => createStage(create, mostBytes))
  return {
    feed: async (bytes) => {
      let left: Uint8Array | null = bytes
      for (const stage of stages) left = left === null ? null : await stage.feed(left)
      return left === null ? null : new Uint8Array(left)
    },
    close: () => stages.forEach(({ close }) => close()),
  }
}

type Stream = Transform & { readonly bytesWritten: number }
type Create = (first: Uint8Array) => Stream

const creators: ReadonlyMap<string, Create> = new Map<string, Create>([
  ['gzip', () => zlib.createGunzip()],
  ['x-gzip', () => zlib.createGunzip()],
  ['deflate', (first) => (isWrapped(first) ? zlib.createInflate() : zlib.createInflateRaw())],
  ['br', () => zlib.createBrotliDecompress()],
  ['zstd', () => zlib.createZstdDecompress()],
])

function createStage(create: Create, mostBytes: number): Inflater {
  let stream: Stream | undefined
  let head: Uint8Array = new Uint8Array(0)
  let parts: Uint8Array[] = []
  let inflated = 0
  let fed = 0
  let isBroken = false
  let settle = (): void => {}

  function open(first: Uint8Array): Stream {
    const made = create(first)
    made.on('data', (part: Uint8Array) => {
      inflated += part.length
      if (inflated > mostBytes) return fail()
      parts.push(part)
    })
    made.on('error', fail)
    return made
  }
  function fail(): void {
    isBroken = true
    parts = []
    stream?.destroy()
    // A stream that fails does not call back who wrote to it.
    settle()
  }
  function write(to: Transform, bytes: Uint8Array): Promise<void> {
    return new Promise((resolve) => {
      settle = resolve
      to.write(bytes, () => resolve())
    })
  }
  async function feed(bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer> | null> {
    if (bytes.length === 0 && !isBroken) return new Uint8Array(0)
    let whole = bytes
    if (stream === undefined) {
      // How deflate is wrapped shows in its first two bytes.
      whole = Buffer.concat([head, bytes])
      head = whole
      if (head.length < 2) return new Uint8Array(0)
      stream = open(head)
    }
    if (isBroken) return null
    fed += whole.length
    await write(stream, whole)
    // What follows the end is not looked at, and so it is not to be handed on as if it had been.
    if (isBroken || stream.bytesWritten < fed) return null
    const joined = new Uint8Array(Buffer.concat(parts))
    parts = []
    return joined
  }
  return { feed, close: () => stream?.destroy() }
}
