import { createDemo, type DemoOptions } from '../../../src/demo/demo.ts'
import { createSseReader, type SseEvent } from '../../../src/wire/sse.ts'
import type { DialectName } from '../../../src/dialect/dialect.ts'

/** Asking the demo in a test: the same question in any dialect, and what came back, put together. */
export type Asked = {
  readonly text?: string
  readonly stream?: boolean
  readonly extra?: object
  readonly headers?: Record<string, string>
  readonly signal?: AbortSignal
}

/** A demo whose pauses take no time but are kept. */
export function createTimeless(options: Partial<DemoOptions> = {}) {
  const pauses: number[] = []
  const sleep = async (ms: number, signal: AbortSignal) => {
    signal.throwIfAborted()
    pauses.push(ms)
  }
  return { ask: createDemo({ now: () => 1_000_000, sleep, ...options }), pauses }
}

export function toRequest(dialect: DialectName, model: string, asked: Asked = {}): Request {
  const { text = 'How deep is the water? 🦊', stream = false, extra = {} } = asked
  const verb = stream ? 'streamGenerateContent?alt=sse' : 'generateContent'
  const paths: Record<DialectName, string> = {
    'openai-chat': '/v1/chat/completions',
    'openai-responses': '/v1/responses',
    anthropic: '/v1/messages',
    gemini: `/v1beta/models/${model}:${verb}`,
  }
  const messages = [{ role: 'user', content: text }]
  const bodies: Record<DialectName, object> = {
    'openai-chat': { model, stream, messages },
    'openai-responses': { model, stream, input: text },
    anthropic: { model, stream, messages, max_tokens: 4000 },
    gemini: { contents: [{ role: 'user', parts: [{ text }] }] },
  }
  return new Request(`http://demo${paths[dialect]}`, {
    method: 'POST',
    body: JSON.stringify({ ...bodies[dialect], ...extra }),
    headers: asked.headers ?? {},
    signal: asked.signal ?? null,
  })
}

export function toEvents(body: Uint8Array | string): readonly SseEvent[] {
  const events: SseEvent[] = []
  const reader = createSseReader((event) => events.push(event))
  reader.feed(typeof body === 'string' ? new TextEncoder().encode(body) : body)
  reader.finish()
  return events
}

/** The value at a path of keys, or undefined: replies are unknown until they are looked at. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((found, key) => {
    if (typeof found !== 'object' || found === null) return undefined
    return Object.entries(found).find(([name]) => name === String(key))?.[1]
  }, value)
}

export function listIn(value: unknown, ...path: readonly (string | number)[]): readonly unknown[] {
  const found = at(value, ...path)
  return Array.isArray(found) ? found : []
}

/** What an answer says, however it came. */
export type Said = {
  readonly thinking: string
  readonly text: string
  /** Names and argument texts. */
  readonly calls: readonly (readonly [string, string])[]
  readonly finish: unknown
  readonly usage: unknown
  readonly id: unknown
}
