import { type Static, type TSchema } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { causeOf } from '../../core/log.ts'
import { readBoundedText } from '../../wire/bounded.ts'
import { printableLine } from '../paint.ts'
import { Refusal } from './shape.ts'

/** One question to a running Weir over HTTP, and everything that can be wrong with the answer, told in one line. */
export type Send = (request: Request) => Promise<Response>

export type Question = {
  readonly method?: 'GET' | 'POST' | 'DELETE'
  /** Told as JSON. */
  readonly body?: object
  readonly parameters?: Readonly<Record<string, string | number | undefined>>
  readonly headers?: Readonly<Record<string, string>>
}

export type Ask = {
  /** Null if there is no such thing there. */
  readonly json: <Schema extends TSchema>(
    path: string,
    schema: Schema,
    question?: Question,
  ) => Promise<Static<Schema> | null>
  readonly open: (path: string, question?: Question) => Promise<Response | null>
  /** For what answers, but not as a Weir does. */
  readonly stranger: () => Error
}

export type AskOptions = {
  readonly url: string
  readonly token: string | null
  /** Whoever asks has had enough. */
  readonly stop: AbortSignal
  readonly send?: Send
  /** How long nothing may come at first. */
  readonly silenceMs?: number
}

// The slowest answers are removals of a page of traces, and searches: seconds.
const mostSilenceMs = 60_000
// A trace with all of its bodies, written as JSON, several times over.
const mostAnswerBytes = 1024 ** 3
const mostRefusalBytes = 1024 ** 2

export function createAsk({ url, token, stop, send = fetch, silenceMs = mostSilenceMs }: AskOptions): Ask {
  const base = url.replace(/\/+$/, '')
  const shown = printableLine(new URL(base).origin)
  const stranger = (): Error => new Error(`What answers at ${shown} is not a Weir`)

  const open = async (path: string, question: Question = {}): Promise<Response | null> => {
    const { method = 'GET', body, parameters = {}, headers = {} } = question
    const own = token === null ? headers : { ...headers, authorization: `Bearer ${token}` }
    const address = `${base}/api/${path}${queryOf(parameters)}`
    // A redirect is not followed: the token is for this address only.
    const response = await reach(
      (signal) =>
        new Request(address, {
          method,
          headers: own,
          redirect: 'manual',
          signal,
          ...(body !== undefined && { body: JSON.stringify(body) }),
        }),
    )
    if (response.ok) return response
    const said = await messageOf(response)
    if (response.status === 404 && said?.code === 'not-found') return null
    throw refusalOf(response.status, said?.message)
  }

  /** What has begun to come may take as long as it likes, as the live feed does. */
  async function reach(toRequest: (signal: AbortSignal) => Request): Promise<Response> {
    const silent = new AbortController()
    const timer = setTimeout(() => silent.abort(), silenceMs)
    try {
      return await send(toRequest(AbortSignal.any([silent.signal, stop])))
    } catch (error) {
      if (silent.signal.aborted) throw new Error(`${shown} did not answer within ${silenceMs / 1000} s`)
      throw new Error(`Cannot reach ${shown}: ${whyUnreachable(error)}`)
    } finally {
      clearTimeout(timer)
    }
  }

  function refusalOf(status: number, message: string | undefined): Error {
    if (status === 401 && token === null)
      return new Error(`${shown} needs a token: set $WEIR_TOKEN, or give --token`)
    if (status === 401) return new Error(`${shown} does not accept this token`)
    return message === undefined ? stranger() : new Error(`${shown} says: ${printableLine(message)}`)
  }

  return {
    open,
    stranger,
    json: async (path, schema, question) => {
      const response = await open(path, question)
      if (response === null) return null
      const value = await readJsonOf(response, mostAnswerBytes)
      if (!Value.Check(schema, value)) throw stranger()
      return value
    },
  }
}

/** Undefined for what is no JSON: no schema here has that. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

async function readJsonOf(response: Response, mostBytes: number): Promise<unknown> {
  return parseJson((await readBoundedText(response, mostBytes)) ?? '')
}

async function messageOf(response: Response): Promise<{ code: string; message: string } | null> {
  const value = await readJsonOf(response, mostRefusalBytes)
  return Value.Check(Refusal, value) ? value.error : null
}

function queryOf(parameters: NonNullable<Question['parameters']>): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) query.set(name, String(value))
  }
  return query.size === 0 ? '' : `?${query}`
}

function whyUnreachable(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (/^(ConnectionRefused|ECONNREFUSED)$/.test(code)) return 'nothing listens there'
  if (/SELF_SIGNED|UNABLE_TO_(VERIFY|GET_ISSUER)/.test(code))
    return `its certificate is not trusted (${code}): name that of its authority in $NODE_EXTRA_CA_CERTS`
  if (/CERT|VERIFY/.test(code)) return `its certificate is not trusted (${code})`
  return causeOf(error)
}
