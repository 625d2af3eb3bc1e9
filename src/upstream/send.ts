import { Fault } from '../core/fault.ts'
import type { Provider } from '../provider/provider.ts'
import { faultOf } from './failure.ts'

/**
 * One attempt: the only place that calls `fetch` for models. The answer's bytes stay as they are: no decoding, no
 * redirects followed, no time limit but the gateway's own.
 */
export type Outgoing = {
  readonly url: string
  readonly method: string
  readonly headers: Headers
  /** A fresh body for each attempt; null for none. */
  readonly body: () => ReadableStream<Uint8Array> | Blob | Uint8Array<ArrayBuffer> | null
  readonly replayable: () => boolean
  readonly signal: AbortSignal
  /** Called once per attempt, before it is made. */
  readonly tried: () => void
}

/** A provider that answers in this process, called as `fetch` is. */
export type InProcess = (request: Request) => Promise<Response>

export type Connection = 'pooled' | 'fresh'

export async function send(
  outgoing: Outgoing,
  provider: Provider,
  connection: Connection,
  inProcess: InProcess,
): Promise<Response> {
  const { url, method, headers, signal } = outgoing
  outgoing.tried()
  const body = outgoing.body()
  try {
    if (url.startsWith('weir:')) return asAsked(method, await inProcess(localRequest(outgoing, body)))
    const { proxy, tls } = provider.transport
    const response = await fetch(url, {
      method,
      headers,
      body,
      signal,
      redirect: 'manual',
      decompress: false,
      // Bun's own limit of five minutes would cut a model that thinks for longer.
      timeout: false,
      keepalive: connection === 'pooled',
      ...(proxy === undefined ? {} : { proxy }),
      ...(tls === undefined ? {} : { tls }),
    })
    // A `Response` cannot be made with any other status.
    if (response.status >= 200 && response.status <= 599) return response
    await response.body?.cancel()
    const why = `Provider "${provider.name}" answered with status ${response.status}, which cannot be passed on`
    throw new Fault('provider-cut', why)
  } catch (error) {
    throw faultOf(error, signal, 'before', provider.name)
  }
}

/** As a connection would bring it: without a body for HEAD, which nobody would read to its end. */
function asAsked(method: string, response: Response): Response {
  return method === 'HEAD' ? new Response(null, response) : response
}

function localRequest(outgoing: Outgoing, body: ReturnType<Outgoing['body']>): Request {
  const { url, method, headers, signal } = outgoing
  return new Request(url.replace(/^weir:[a-z]+/, 'http://demo.weir'), { method, headers, body, signal })
}
