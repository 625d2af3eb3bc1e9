import { Fault } from '../core/fault.ts'
import type { Provider } from '../provider/provider.ts'

/**
 * One attempt: the only place that calls `fetch` for models. The answer's bytes stay as they are: no decoding, no
 * redirects followed, no time limit but the gateway's own.
 */
export type Outgoing = {
  readonly url: string
  readonly method: string
  readonly headers: Headers
  /** A fresh body for each attempt; null for none. */
  readonly body: () => ReadableStream<Uint8Array> | Uint8Array<ArrayBuffer> | null
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
    if (url.startsWith('weir:')) return await inProcess(localRequest(outgoing, body))
    const { proxy, tls } = provider.transport
    return await fetch(url, {
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
  } catch (error) {
    throw toFault(error, signal, provider.name)
  }
}

function localRequest(outgoing: Outgoing, body: ReturnType<Outgoing['body']>): Request {
  const { url, method, headers, signal } = outgoing
  return new Request(url.replace(/^weir:[a-z]+/, 'http://demo.weir'), { method, headers, body, signal })
}

function toFault(error: unknown, signal: AbortSignal, provider: string): Fault {
  // Whoever aborted has said why; runtimes differ in what they throw then.
  if (signal.aborted) {
    return signal.reason instanceof Fault ? signal.reason : new Fault('client-left', 'The client left')
  }
  if (error instanceof Fault) return error
  const options = { cause: error }
  if (codeOf(error) === 'ECONNRESET') {
    return new Fault(
      'provider-reset',
      `Provider "${provider}" closed the connection without an answer`,
      options,
    )
  }
  return new Fault('provider-unreachable', `Cannot reach provider "${provider}"`, options)
}

export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}
