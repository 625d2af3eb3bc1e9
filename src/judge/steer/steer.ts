import { isObject, readJson, textAt, type JsonObject } from '../../conversation/json.ts'
import type { Dialect, DialectName } from '../../dialect/dialect.ts'
import type { Bytes } from '../../wire/body.ts'
import type { SseEvent } from '../../wire/sse.ts'
import type { Form } from '../frames.ts'
import { createAnthropicClose, wholeAnthropic } from './anthropic.ts'
import { createGeminiClose, wholeGemini } from './gemini.ts'
import { createChatClose, wholeChat } from './openai-chat.ts'
import { createResponsesClose, wholeResponse } from './openai-responses.ts'

/**
 * An answer that is ended with a message instead of what the model went on to say: as the dialect ends its answers, so
 * that who reads it goes on as after any other.
 */
export type Steering = {
  /** What has left for the client, which the end must fit. */
  readonly left: (event: SseEvent) => void
  readonly close: (message: string, form: Form) => Bytes
}

/** Of one dialect: it hears what has left, and makes the events that are missing. */
export type Close = {
  readonly left: (told: JsonObject, type: string) => void
  /** `body`: what has left, put together. */
  readonly close: (message: string, body: JsonObject) => readonly SseEvent[]
}

const closes: Readonly<Record<DialectName, () => Close>> = {
  'openai-chat': createChatClose,
  'openai-responses': createResponsesClose,
  anthropic: createAnthropicClose,
  gemini: createGeminiClose,
}

const wholes: Readonly<Record<DialectName, (message: string) => JsonObject>> = {
  'openai-chat': wholeChat,
  'openai-responses': wholeResponse,
  anthropic: wholeAnthropic,
  gemini: wholeGemini,
}

export function createSteering(dialect: Dialect): Steering {
  const merge = dialect.merge()
  const { left, close } = closes[dialect.name]()
  let hasLeft = false
  return {
    left: (event) => {
      hasLeft = true
      const told = readJson(event.data)
      if (isObject(told)) left(told, textAt(told, 'type') ?? event.event ?? '')
      merge.add(event)
    },
    close: (message, form) => {
      const encode = (text: string): Bytes => new TextEncoder().encode(text)
      if (form === 'whole') return encode(JSON.stringify(wholes[dialect.name](message)))
      const { body } = merge.finish()
      const events = close(message, isObject(body) ? body : {})
      if (form === 'events') return encode(events.map((event) => framed(event, dialect.name)).join(''))
      const list = events.map(({ data }) => data).join(',\r\n')
      return encode(`${hasLeft ? ',\r\n' : '['}${list}]`)
    },
  }
}

/** Google's own streams end their lines so, and its SDKs do not bear a mixture. */
function framed({ event, data }: SseEvent, dialect: DialectName): string {
  const end = dialect === 'gemini' ? '\r\n' : '\n'
  return `${event === undefined ? '' : `event: ${event}${end}`}data: ${data}${end}${end}`
}

/** An event of the dialects that name theirs. */
export function named(fields: JsonObject & { readonly type: string }): SseEvent {
  return { event: fields.type, data: JSON.stringify(fields) }
}
