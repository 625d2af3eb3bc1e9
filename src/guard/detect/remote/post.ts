import { readJson } from '../../../conversation/json.ts'
import { concatenate, type Bytes } from '../../../wire/body.ts'
import { inflateWhole } from '../../../wire/inflate.ts'
import { codeOf, fail } from './failure.ts'

/** One call of a service by POST: bounded, no redirects, one more attempt where no connection could be had. */
export type Fetch = (url: string, init: BunFetchRequestInit) => Promise<Response>

export type Service = {
  readonly url: string
  readonly key?: string | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly maxResponseBytes: number
  /** False goes direct whatever the environment says. */
  readonly proxy?: string | false | undefined
  readonly tls?: BunFetchRequestInitTLS | undefined
}

export type Sent = { readonly type: string; readonly body: string | Bytes }

/** Sends JSON and reads JSON. */
export async function askJson(
  service: Service,
  fetch: Fetch,
  body: unknown,
  signal: AbortSignal,
): Promise<unknown> {
  const sent = { type: 'application/json', body: JSON.stringify(body) }
  const { text } = await post(service, fetch, sent, signal)
  const value = readJson(text)
  if (value === undefined) fail('service', 'its answer is no JSON')
  return value
}

export async function post(
  service: Service,
  fetch: Fetch,
  sent: Sent,
  signal: AbortSignal,
): Promise<{ readonly type: string; readonly text: string }> {
  const response = await connect(service, fetch, sent, signal)
  try {
    if (!response.ok) fail(blameOf(response.status), `it answered with status ${response.status}`)
    const bytes = await read(response, service.maxResponseBytes, signal)
    return { type: response.headers.get('content-type') ?? '', text: new TextDecoder().decode(bytes) }
  } finally {
    await release(response)
  }
}

/** A request that is wrong or too long has to do with its text; anything else would befall the next one too. */
export function blameOf(status: number): 'text' | 'service' {
  return status === 400 || status === 413 || status === 422 ? 'text' : 'service'
}

async function connect(service: Service, fetch: Fetch, sent: Sent, signal: AbortSignal): Promise<Response> {
  const { url, key, headers, proxy, tls } = service
  const all = new Headers({
    accept: 'application/json',
    'accept-encoding': 'identity',
    'content-type': sent.type,
  })
  if (key !== undefined) all.set('authorization', `Bearer ${key}`)
  for (const [name, value] of Object.entries(headers ?? {})) all.set(name, value)
  const init: BunFetchRequestInit = {
    method: 'POST',
    headers: all,
    body: sent.body,
    signal,
    redirect: 'manual',
    // What comes out of a compressed body is bounded too, which `fetch` would not do.
    decompress: false,
    timeout: false,
    ...(proxy === undefined ? {} : { proxy }),
    ...(tls === undefined ? {} : { tls }),
  }
  try {
    return await fetch(url, init)
  } catch (error) {
    signal.throwIfAborted()
    if (!isConnection(error)) return fail('service', `it could not be called (${codeOf(error) ?? 'no code'})`)
  }
  try {
    // The pooled connection may have died in that moment. To ask twice what a text holds harms nobody.
    return await fetch(url, { ...init, keepalive: false })
  } catch (error) {
    signal.throwIfAborted()
    return fail('service', `it could not be reached (${codeOf(error) ?? 'no code'})`)
  }
}

function isConnection(error: unknown): boolean {
  return /^(?:ECONN|EPIPE|ETIMEDOUT|EAI_AGAIN|EHOST|ENET|Connection)/.test(codeOf(error) ?? '')
}

async function read(response: Response, mostBytes: number, signal: AbortSignal): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  let size = 0
  try {
    for await (const part of response.body ?? []) {
      size += part.byteLength
      if (size > mostBytes) break
      parts.push(part)
    }
  } catch (error) {
    signal.throwIfAborted()
    fail('service', `its answer broke off (${codeOf(error) ?? 'no code'})`)
  }
  if (size > mostBytes) fail('text', `its answer is larger than ${mostBytes} bytes`)
  const encoding = response.headers.get('content-encoding') ?? 'identity'
  const bytes = concatenate(parts)
  if (encoding === 'identity') return bytes
  return (
    inflateWhole(bytes, encoding, mostBytes) ??
    fail('service', 'its answer cannot be decompressed within its bound')
  )
}

/** Lets go of a body that was not read; one that was is over already. */
async function release(response: Response): Promise<void> {
  if (response.body !== null && !response.bodyUsed) await response.body.cancel()
}
