import { isObject } from '../conversation/json.ts'
import type { Provider } from '../provider/provider.ts'
import { concatenateInTurns, fromBytes, type Body, type Bytes } from '../wire/body.ts'
import { findMembers, findMembersInTurns, valueAt } from '../wire/json.ts'
import type { Splice } from '../wire/splice.ts'

/**
 * Asking for the usage of a streamed chat whose client did not: nothing but those bytes is added to its request. What
 * the answer says because of it, the client is not shown (`upstream/veil.ts`).
 */
type Asking = {
  readonly provider: Provider
  readonly dialect: string | null
  readonly body: Body
  readonly splice: Splice | null
  readonly decoded: boolean
  readonly hidesUsage: boolean
}

/** A body that is not here in one, or compressed on its way through, stays as it is. */
export function withUsage<Aim extends Asking>(aim: Aim, encoding: string): Aim | Promise<Aim> {
  if (aim.provider.includeUsage !== true || aim.dialect !== 'openai-chat') return aim
  const bytes = aim.body.whole()
  return bytes === null || (encoding !== '' && !aim.decoded) ? aim : asking(aim, bytes)
}

async function asking<Aim extends Asking>(aim: Aim, bytes: Bytes): Promise<Aim> {
  const added = await spliceFor(bytes, aim.splice)
  if (added === null) return aim
  const body = fromBytes(await spliced(bytes, added))
  const splice = aim.decoded ? null : aim.splice === null ? added : joined(aim.splice, added)
  return { ...aim, body, splice, hidesUsage: true }
}

const option = '"include_usage":true'
const options = `{${option}}`

/** Null where it is no stream, where usage is asked for already, or where there is no place for it. */
async function spliceFor(bytes: Bytes, before: Splice | null): Promise<Splice | null> {
  const members = await findMembersInTurns(bytes, ['stream', 'stream_options'])
  if (valueAt(bytes, members.get('stream')) !== true) return null
  const span = members.get('stream_options')
  if (span === undefined) {
    if (before === null) return inserted(bytes.indexOf(brace) + 1, `"stream_options":${options},`)
    // Behind the name that was replaced: so the two are one place still.
    return inserted(before.at + Buffer.byteLength(before.with), `,"stream_options":${options}`)
  }
  // Two places apart from each other: a request so rare is not worth a record of its own.
  if (before !== null) return null
  const value = valueAt(bytes, span)
  if (value === null) return { at: span.start, length: span.end - span.start, with: options }
  if (!isObject(value)) return null
  const told = findMembers(bytes.subarray(span.start, span.end), ['include_usage']).get('include_usage')
  if (told === undefined)
    return inserted(span.start + 1, Object.keys(value).length === 0 ? option : `${option},`)
  if (value['include_usage'] === true) return null
  return { at: span.start + told.start, length: told.end - told.start, with: 'true' }
}

const brace = 0x7b

function inserted(at: number, text: string): Splice {
  return { at, length: 0, with: text }
}

function spliced(bytes: Bytes, splice: Splice): Promise<Bytes> {
  const end = splice.at + splice.length
  return concatenateInTurns([bytes.subarray(0, splice.at), Buffer.from(splice.with), bytes.subarray(end)])
}

/** One splice for both: `added` stands right behind what `before` put in. */
function joined(before: Splice, added: Splice): Splice {
  return { ...before, with: before.with + added.with }
}
