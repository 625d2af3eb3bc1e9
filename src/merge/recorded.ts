import { readJson } from '../conversation/json.ts'
import { type DialectName, type Reply, dialectNames } from '../dialect/dialect.ts'
import { guessDialect } from '../dialect/guess.ts'
import { dialects } from '../dialect/index.ts'
import { inflate } from '../wire/inflate.ts'
import { createJsonArrayReader } from '../wire/json-array.ts'
import { createSseReader } from '../wire/sse.ts'
import { createRebuild } from './rebuild.ts'

/** A recorded answer of which nothing is known but its bytes. */
export type Recorded = {
  /** Null for one of no dialect. */
  readonly dialect: DialectName | null
  readonly reply: Reply
}

/** An answer that inflates to more is taken for a bomb. */
const mostBytes = 1 << 30

/** Null for bytes that are no answer. `given`: the dialect, where somebody knows it. */
export function readRecorded(bytes: Uint8Array, given: DialectName | null): Recorded | null {
  const isPacked = bytes[0] === 0x1f && bytes[1] === 0x8b
  const { bytes: plain, whole } = isPacked ? inflate(bytes, 'gzip', mostBytes) : { bytes, whole: true }
  const dialect = given ?? guessIn(plain)
  const rebuild = createRebuild({
    dialect: dialect === null ? null : dialects[dialect],
    status: 200,
    contentType: '',
    contentEncoding: 'identity',
    mostBytes,
  })
  rebuild.feed(plain)
  const reply = rebuild.finish(whole ? undefined : 'torn')
  return reply === null ? null : { dialect, reply }
}

function guessIn(bytes: Uint8Array): DialectName | null {
  const text = new TextDecoder().decode(bytes.subarray(0, 64)).trimStart()
  if (text.startsWith('{')) return guessDialect(readJson(new TextDecoder().decode(bytes))) ?? byMarks(bytes)
  let found: DialectName | null = null
  const look = (data: string): void => {
    found ??= guessDialect(readJson(data))
  }
  const reader = text.startsWith('[')
    ? createJsonArrayReader(look, mostBytes)
    : createSseReader(({ data }) => look(data), mostBytes)
  for (let at = 0; at < bytes.length && found === null; at += stepBytes)
    reader.feed(bytes.subarray(at, at + stepBytes))
  if (found === null) reader.finish()
  return found ?? byMarks(bytes)
}

const stepBytes = 64 * 1024

/** What is cut within its first event still has the words of its dialect. */
function byMarks(bytes: Uint8Array): DialectName | null {
  const start = Buffer.from(bytes.subarray(0, stepBytes))
  // Of a legacy completion there are choices too.
  if (start.includes('"text_completion"')) return null
  return dialectNames.find((name) => dialects[name].beginMarks.some((mark) => start.includes(mark))) ?? null
}
