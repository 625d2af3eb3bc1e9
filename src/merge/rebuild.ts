import { readJson } from '../conversation/json.ts'
import type { Dialect, Merge, Reply } from '../dialect/dialect.ts'
import { guessDialect } from '../dialect/guess.ts'
import { dialects } from '../dialect/index.ts'
import { plainWhole } from '../dialect/plain.ts'
import { inflate } from '../wire/inflate.ts'
import { createJsonArrayReader } from '../wire/json-array.ts'
import { createSseReader } from '../wire/sse.ts'
import { createGuessingMerge } from './guessing.ts'

/**
 * The bytes of an answer to the answer, whatever it comes as: events, JSON, a JSON array told element by element,
 * any of them compressed. What it is shows in its first byte where the content type leaves it open.
 */
export type Rebuild = {
  readonly feed: (bytes: Uint8Array) => void
  /** Null if there is nothing that could be read as an answer. `torn`: the connection is known to have broken. */
  readonly finish: (stop?: 'torn') => Reply | null
}

export type RebuildOf = {
  /** Null where the path is none of a dialect's own: the answer itself tells, if anything does. */
  readonly dialect: Dialect | null
  readonly status: number
  readonly contentType: string
  readonly contentEncoding: string
  /** What lies behind so many bytes, compressed or not, is not read: the answer then counts as cut. */
  readonly mostBytes: number
}

export function createRebuild(of: RebuildOf): Rebuild {
  if (!isReadable(of.contentType)) return unreadable
  const encoding = of.contentEncoding.trim().toLowerCase()
  if (encoding !== '' && encoding !== 'identity') return createInflating(of, encoding)
  let inner: Rebuild | undefined
  return {
    feed: (bytes) => {
      if (inner === undefined) {
        const start = firstByteAt(bytes)
        const first = bytes[start]
        if (first === undefined) return
        inner = createFor(of, first)
        bytes = bytes.subarray(start)
      }
      inner.feed(bytes)
    },
    finish: (stop) => inner?.finish(stop) ?? null,
  }
}

const unreadable: Rebuild = { feed: () => undefined, finish: () => null }

/** Events, JSON, or a type that says nothing: some providers send events as plain text. */
function isReadable(contentType: string): boolean {
  const [type = ''] = contentType.toLowerCase().split(';', 1)
  return /^(?:|text\/event-stream|text\/plain|application\/(?:.+\+)?json)$/.test(type.trim())
}

const decoder = new TextDecoder()

const skipped: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d, 0xef, 0xbb, 0xbf])

/** White space and a byte order mark tell nothing. */
function firstByteAt(bytes: Uint8Array): number {
  const at = bytes.findIndex((byte) => !skipped.has(byte))
  return at === -1 ? bytes.length : at
}

function createFor(of: RebuildOf, first: number): Rebuild {
  const { dialect, status } = of
  const character = String.fromCharCode(first)
  // The first of the two bytes that gzip starts with: some relays leave the header out that says so. Never within what
  // was inflated: there are gzip files that inflate to themselves, without end.
  if (first === 0x1f && of.contentEncoding === '') return createInflating(of, 'gzip')
  if (dialect === null || status >= 400) return isJsonStart(character) ? createJson(of) : createEvents(of)
  if (character === '[') return createElements(of, dialect.merge())
  const isStream = of.contentType.toLowerCase().includes('event-stream')
  return character === '{' && !isStream ? createJson(of) : createEvents(of)
}

function isJsonStart(character: string): boolean {
  return character === '{' || character === '['
}

function createEvents({ dialect, mostBytes }: RebuildOf): Rebuild {
  if (dialect === null) return createUnknownEvents(mostBytes)
  const merge = dialect.merge()
  const reader = createSseReader(merge.add, mostBytes, dialect.grows)
  return bounded(reader, merge, mostBytes)
}

/** What may be events, or some text. */
function createUnknownEvents(mostBytes: number): Rebuild {
  const merge = createGuessingMerge()
  let count = 0
  const reader = createSseReader((event) => {
    count++
    merge.add(event)
  }, mostBytes)
  const { feed, finish } = bounded(reader, merge, mostBytes)
  return {
    feed,
    finish: (stop) => {
      const reply = finish(stop)
      return count === 0 ? null : reply
    },
  }
}

function createElements({ mostBytes }: RebuildOf, merge: Merge): Rebuild {
  const reader = createJsonArrayReader((data) => merge.add({ data }), mostBytes)
  return bounded(reader, merge, mostBytes)
}

type Reader = { readonly feed: (bytes: Uint8Array) => void; readonly finish: () => boolean }

function bounded(reader: Reader, merge: Merge, mostBytes: number): Rebuild {
  let read = 0
  return {
    feed: (bytes) => {
      if (read < mostBytes) reader.feed(bytes.subarray(0, mostBytes - read))
      read += bytes.length
    },
    finish: (stop) => merge.finish(reader.finish() && read <= mostBytes ? stop : 'torn'),
  }
}

function createJson({ dialect, status, mostBytes }: RebuildOf): Rebuild {
  const gathered = createGathering(mostBytes)
  return {
    feed: gathered.feed,
    finish: () => {
      const { bytes, isWhole } = gathered.take()
      const text = isWhole ? decoder.decode(bytes) : ''
      const body = readJson(text)
      if (body === undefined) return null
      const guessed = dialect === null ? guessDialect(body) : dialect.name
      const reply = guessed === null ? plainWhole(body) : dialects[guessed].whole(body, text)
      // The status has said already that it is an error: as such the answer is told whole.
      return status >= 400 ? { ...reply, ending: 'complete', error: null } : reply
    },
  }
}

function createInflating(of: RebuildOf, contentEncoding: string): Rebuild {
  const gathered = createGathering(of.mostBytes)
  return {
    feed: gathered.feed,
    finish: (stop) => {
      const { bytes, isWhole } = gathered.take()
      const inflated = inflate(bytes, contentEncoding, of.mostBytes)
      const inner = createRebuild({ ...of, contentEncoding: 'identity' })
      inner.feed(inflated.bytes)
      return inner.finish(isWhole && inflated.whole ? stop : 'torn')
    },
  }
}

const nothing = new Uint8Array(0)

type Gathering = {
  readonly feed: (bytes: Uint8Array) => void
  readonly take: () => { bytes: Uint8Array; isWhole: boolean }
}

/** The beginning of a body, up to a bound: windows on what it was fed. */
function createGathering(mostBytes: number): Gathering {
  const pieces: Uint8Array[] = []
  let left = mostBytes
  let isWhole = true
  return {
    feed: (bytes) => {
      if (bytes.length > left) isWhole = false
      const piece = bytes.subarray(0, left)
      left -= piece.length
      if (piece.length > 0) pieces.push(piece)
    },
    take: () => {
      const [first = nothing, ...more] = pieces
      return { bytes: more.length === 0 ? first : Buffer.concat(pieces), isWhole }
    },
  }
}
