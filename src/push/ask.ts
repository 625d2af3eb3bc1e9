import { isObject } from '../conversation/json.ts'
import { traceKey } from './payload.ts'
import type { Remote, Reply, Silence } from './remote.ts'

/**
 * Whether a remote has a trace whose pushing was cut off. It is searched for by its id in the metadata. What is found is
 * looked at: a search that Explorer cannot read finds every trace. Where the search is not for keys, as in Explorer with
 * users, its list of all traces is looked through.
 */
export type Asked =
  | { readonly kind: 'there'; readonly remoteId: string | null }
  | { readonly kind: 'absent' }
  /** It answers, but cannot be asked this. */
  | { readonly kind: 'mute'; readonly why: string }
  | { readonly kind: 'away'; readonly why: string; readonly afterMs: number | null }

/** A search that found more did not look for one trace. */
const mostFound = 50

export function createAsk(remote: Remote, dataset: string): (id: string) => Promise<Asked> {
  let owner: string | null = null

  async function ask(id: string): Promise<Asked> {
    if (owner === null) {
      const reply = await remote.get('/user/identity')
      if (!isGood(reply)) return troubled(reply)
      owner =
        isObject(reply.body) && typeof reply.body['username'] === 'string' ? reply.body['username'] : null
      if (owner === null) return { kind: 'mute', why: 'It does not tell whose the key is' }
    }
    const base = `/dataset/byuser/${encodeURIComponent(owner)}/${encodeURIComponent(dataset)}`
    const found = await search(base, id)
    if (found === null) return look(await remote.get(`${base}/traces`), id)
    if (!Array.isArray(found)) return found
    if (found.length === 0) return { kind: 'absent' }
    return look(await remote.get(`${base}/traces?indices=${found.join(',')}`), id)
  }

  /** The numbers of what it found; null if the list has to be looked through. */
  async function search(base: string, id: string): Promise<number[] | Asked | null> {
    const reply = await remote.get(`${base}/s?query=${encodeURIComponent(`meta:${traceKey}=${id}`)}`)
    if (reply.status === null || reply.status === 429 || reply.status >= 500) return troubled(reply)
    // No data set, nothing in it.
    if (reply.status === 404) return { kind: 'absent' }
    const numbers = reply.status === 200 ? numbersIn(reply.body) : null
    return numbers === null || numbers.length > mostFound ? null : numbers
  }

  async function look(reply: Reply | Silence, id: string): Promise<Asked> {
    if (reply.status === 404) return { kind: 'absent' }
    if (reply.status === 401) return unread(reply)
    if (!isGood(reply)) return troubled(reply)
    const { body } = reply
    if (!Array.isArray(body)) return { kind: 'mute', why: 'It does not list its traces' }
    const found = body.find((trace) => idIn(trace) === id)
    if (found === undefined) return { kind: 'absent' }
    return {
      kind: 'there',
      remoteId: isObject(found) && typeof found['id'] === 'string' ? found['id'] : null,
    }
  }

  /** A key that is known all the same may push and not read; for one that is known no more there is to be waited. */
  async function unread(reply: Reply): Promise<Asked> {
    const known = await remote.get('/user/identity')
    return isGood(known) ? { kind: 'mute', why: remote.told(reply) } : troubled(known)
  }

  function troubled(reply: Reply | Silence): Asked {
    const why = remote.told(reply)
    const isMute = reply.status !== null && reply.status >= 400 && reply.status < 500
    if (isMute && reply.status !== 429 && reply.status !== 408 && reply.status !== 401)
      return { kind: 'mute', why }
    return { kind: 'away', why, afterMs: reply.status === null ? null : reply.afterMs }
  }

  return ask
}

function isGood(reply: Reply | Silence): reply is Reply {
  return reply.status === 200 && reply.body !== undefined
}

function numbersIn(body: unknown): number[] | null {
  if (!isObject(body) || !isObject(body['result'])) return null
  const groups = Object.values(body['result']).filter(isObject)
  const numbers = groups.flatMap(({ traces }) => (Array.isArray(traces) ? traces : []))
  return [...new Set(numbers.filter((number) => Number.isInteger(number)))]
}

function idIn(trace: unknown): unknown {
  const metadata = isObject(trace) ? trace['extra_metadata'] : null
  return isObject(metadata) ? metadata[traceKey] : undefined
}
