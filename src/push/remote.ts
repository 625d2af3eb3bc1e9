import { isObject, readJson } from '../conversation/json.ts'
import { causeOf } from '../core/log.ts'
import { readBoundedText } from '../wire/bounded.ts'
import { retryAfterMs } from './retry.ts'
import type { Target } from './schema.ts'

/** One remote: a trace given to it, and what became of it as far as anybody can know. Never throws. */
export type Sent =
  | { readonly kind: 'sent'; readonly remoteId: string | null }
  /** It will never take this trace. */
  | { readonly kind: 'refused'; readonly why: string }
  /** It has not taken it, for a reason that concerns all traces. */
  | { readonly kind: 'away'; readonly why: string; readonly afterMs: number | null }
  /** It may have it or not: to be asked. */
  | { readonly kind: 'unknown'; readonly why: string; readonly afterMs: number | null }

export type Reply = {
  readonly status: number
  readonly afterMs: number | null
  /** Parsed; undefined if it is no JSON, was cut or is too long. */
  readonly body: unknown
}
/** `reached`: something of the request may have come to it. */
export type Silence = { readonly status: null; readonly why: string; readonly reached: boolean }

export type Remote = {
  readonly send: (payload: string) => Promise<Sent>
  readonly get: (path: string) => Promise<Reply | Silence>
  /** Why a reply is no good, safe to tell. */
  readonly told: (reply: Reply | Silence) => string
}

export type RemoteOptions = {
  readonly target: Pick<Target, 'url' | 'key'>
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>
  readonly now: () => number
  /** Aborted when Weir stops. */
  readonly stop: AbortSignal
}

// What Invariant's own client allowed: 5 s to connect and 20 s to answer. `fetch` does not tell when it is connected.
export const mostMs = 25_000
/** A list of all traces of a data set, where nothing better can be asked. */
const mostReplyBytes = 64 * 1024 * 1024
const mostWhyCharacters = 300

export function createRemote({ target, fetch, now, stop }: RemoteOptions): Remote {
  const { url, key } = target
  const headers = {
    'content-type': 'application/json',
    accept: 'application/json',
    ...(key !== null && { authorization: `Bearer ${key}` }),
  }

  async function ask(path: string, init: RequestInit): Promise<Reply | Silence> {
    const abort = new AbortController()
    const timer = setTimeout(() => abort.abort(), mostMs)
    const signal = AbortSignal.any([abort.signal, stop])
    try {
      const response = await fetch(`${url}/api/v1${path}`, { ...init, headers, redirect: 'manual', signal })
      const text = await readBoundedText(response, mostReplyBytes)
      const afterMs = retryAfterMs(response.headers.get('retry-after'), now())
      return { status: response.status, afterMs, body: text === null ? undefined : readJson(text) }
    } catch (error) {
      const why = abort.signal.aborted ? `It did not answer within ${mostMs / 1000} s` : causeOf(error)
      return {
        status: null,
        why: safe(why),
        reached: abort.signal.aborted || stop.aborted || !isUnreached(error),
      }
    } finally {
      clearTimeout(timer)
    }
  }

  /** Runtimes and remotes may repeat what they were given. */
  function safe(text: string): string {
    const hidden = key === null ? text : text.replaceAll(key, '*'.repeat(key.length))
    return hidden.replaceAll(/[\x00-\x1f\x7f]+/g, ' ').slice(0, mostWhyCharacters)
  }

  function told(reply: Reply | Silence): string {
    if (reply.status === null) return reply.why
    const { status, body } = reply
    const detail = isObject(body) ? (body['detail'] ?? body['error']) : undefined
    if (detail === undefined) return `It answered with status ${status}`
    return safe(
      `It answered with status ${status}: ${typeof detail === 'string' ? detail : JSON.stringify(detail)}`,
    )
  }

  return {
    send: async (payload) => sentBy(await ask('/push/trace', { method: 'POST', body: payload }), told),
    get: (path) => ask(path, { method: 'GET' }),
    told,
  }
}

function sentBy(reply: Reply | Silence, told: Remote['told']): Sent {
  const why = told(reply)
  if (reply.status === null) {
    return { kind: reply.reached ? 'unknown' : 'away', why, afterMs: null }
  }
  const { status, afterMs, body } = reply
  if (status >= 200 && status < 300) {
    const id = isObject(body) && Array.isArray(body['id']) ? body['id'][0] : undefined
    if (typeof id === 'string') return { kind: 'sent', remoteId: id.slice(0, 100) }
    return { kind: 'unknown', why: `${why}, but not with the id of a trace`, afterMs }
  }
  if (concernsAll(status)) return { kind: 'away', why, afterMs }
  if (status < 500) return { kind: 'refused', why }
  return { kind: 'unknown', why, afterMs }
}

/**
 * Not this trace's doing: too many at once, a key that is wrong or has run out, another address. Refused for good, each
 * trace of the days until somebody looks would be lost.
 */
function concernsAll(status: number): boolean {
  return (status >= 300 && status < 400) || [401, 403, 404, 405, 407, 408, 425, 429].includes(status)
}

/** Nothing of the request has left: no address, no connection, or one whose certificate is not trusted. */
function isUnreached(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return /^(ConnectionRefused|FailedToOpenSocket|ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_|DNS|CERT_|UNABLE_TO|DEPTH_ZERO|SELF_SIGNED|ERR_TLS_CERT)/.test(
    code,
  )
}
