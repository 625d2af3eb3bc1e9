import { Fault } from '../core/fault.ts'
import type { Header } from '../merge/report.ts'

/**
 * The headers under which recorded bytes are served. They come from a model or a provider, so a browser must
 * never run them: no sniffing, an opaque origin without scripts, saved rather than shown. Of the recorded
 * headers only those are served again that say something about the bytes or that SDKs read; one such as
 * `Access-Control-Allow-Origin`, `Clear-Site-Data` or `Set-Cookie` would act on Weir's own origin.
 */
const safe: [string, string][] = [
  ['x-content-type-options', 'nosniff'],
  ['content-security-policy', "sandbox; default-src 'none'; frame-ancestors 'none'"],
  ['cross-origin-resource-policy', 'same-origin'],
  ['referrer-policy', 'no-referrer'],
  ['cache-control', 'no-store'],
]
const repeatable =
  /^(content-type|content-encoding|content-language|retry-after|request-id|x-request-id|x-goog-[a-z-]+|x-ratelimit-[a-z-]+|x-should-retry|openai-[a-z-]+|anthropic-[a-z-]+)$/

/** Bytes as recorded. Their encoding is named beside, so that no client undoes it on the way. */
export function bytesHeaders(recorded: readonly Header[], fileName: string): Headers {
  const headers = new Headers(safe)
  const type = valueOf(recorded, 'content-type') ?? 'application/octet-stream'
  const encoding = valueOf(recorded, 'content-encoding')
  headers.set('content-type', type)
  if (encoding !== null) headers.set('x-weir-content-encoding', encoding)
  headers.set('content-disposition', `attachment; filename="${fileName}.${endingOf(type, encoding)}"`)
  return headers
}

/** An answer as its client saw it, but for what would act on the browser. */
export function replayHeaders(recorded: readonly Header[], id: string): Headers {
  const headers = new Headers(safe)
  for (const [name, value] of recorded) {
    if (repeatable.test(name.toLowerCase())) headers.set(name, value)
  }
  headers.set('x-weir-replay-of', id)
  return headers
}

/** A status that an answer can have here; the others belong to exchanges that got none. */
export function statusOf(status: number | null, id: string): number {
  if (status !== null && status >= 200 && status <= 599) return status
  throw new Fault('not-found', `The exchange ${id} has no answer: nothing came from the provider`)
}

/** Whether an answer of this status must not have a body. */
export function isBodyless(status: number): boolean {
  return status === 204 || status === 205 || status === 304
}

function valueOf(headers: readonly Header[], name: string): string | null {
  return headers.find(([known]) => known.toLowerCase() === name)?.[1] ?? null
}

function endingOf(type: string, encoding: string | null): string {
  const coding = encoding === null || encoding === 'identity' ? '' : `.${encoding.replace(/[^a-z0-9]/gi, '')}`
  if (/^text\/event-stream/i.test(type)) return `sse${coding}`
  if (/^[a-z]+\/([a-z.+-]+\+)?json/i.test(type)) return `json${coding}`
  return /^text\//i.test(type) ? `txt${coding}` : `bin${coding}`
}
