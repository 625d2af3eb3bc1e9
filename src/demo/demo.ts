import { anthropic } from './anthropic/index.ts'
import { readCountable } from './anthropic/read.ts'
import { embed } from './embeddings.ts'
import { toEndpoint, type Endpoint } from './endpoint.ts'
import { gemini } from './gemini/index.ts'
import { reply } from './generate.ts'
import { isObject, type Json, type JsonObject } from './json.ts'
import { geminiModel, geminiModels, openaiModel, openaiModels } from './lists.ts'
import { createMisbehave } from './misbehave.ts'
import { openaiChat } from './openai-chat/index.ts'
import { openaiResponses } from './openai-responses/index.ts'
import { statuses, type Refusal } from './refusal.ts'
import { timerSleep, type Sleep } from './send.ts'
import { toUsage, type Voice } from './turn.ts'
import type { DialectName } from '../dialect/dialect.ts'

/**
 * The built-in provider: answers without a key, in every dialect, and goes wrong on request. It is called like
 * `fetch`, and like `fetch` it throws what a network throws. What it says follows from the request alone.
 */
export type DemoOptions = {
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Rejects with the signal's reason as soon as that is aborted. */
  readonly sleep?: Sleep
}

const voices: Record<DialectName, Voice> = {
  'openai-chat': openaiChat,
  'openai-responses': openaiResponses,
  anthropic,
  gemini,
}

export function createDemo(options: DemoOptions): (request: Request) => Promise<Response> {
  const demo = {
    now: options.now,
    sleep: options.sleep ?? timerSleep,
    misbehave: createMisbehave(options.now),
  }
  return async (request) => {
    const url = new URL(request.url)
    const endpoint = toEndpoint({ method: request.method, url, headers: request.headers })
    switch (endpoint.kind) {
      case 'unknown':
        return refuse(unknown(request.method, url), endpoint.dialect)
      case 'models':
        return json(toModels(endpoint))
      case 'embed':
      case 'count':
      case 'generate': {
        const dialect = endpoint.kind === 'embed' ? 'openai-chat' : endpoint.dialect
        const body = await readBody(request)
        if (body === null) return refuse(unreadable, dialect)
        if (endpoint.kind === 'embed') return toEmbeddings(body)
        if (endpoint.kind === 'count') return count(body, endpoint)
        const result = await reply({ request, body, endpoint, voice: voices[dialect] }, demo)
        return result instanceof Response ? result : refuse(result, dialect)
      }
    }
  }
}

function toModels({ dialect, model }: Extract<Endpoint, { kind: 'models' }>): Json {
  if (dialect === 'gemini') return model === null ? geminiModels() : geminiModel(model)
  return model === null ? openaiModels() : openaiModel(model)
}

function toEmbeddings(body: JsonObject): Response {
  const embeddings = embed(body)
  return embeddings.kind === 'list' ? json(embeddings.body) : refuse(embeddings.refusal, 'openai-chat')
}

function count(body: JsonObject, { dialect, model }: Extract<Endpoint, { kind: 'count' }>): Response {
  // Gemini's SDK counts what stands in `generateContentRequest`, where it is given.
  const inner = isObject(body['generateContentRequest']) ? body['generateContentRequest'] : body
  const reading = dialect === 'gemini' ? gemini.read(inner, { model, stream: false }) : readCountable(body)
  if (reading.kind === 'refused') return refuse(reading.refusal, dialect)
  const tokens = toUsage(reading.prompt, []).input
  if (dialect === 'anthropic') return json({ input_tokens: tokens })
  return json({ totalTokens: tokens, promptTokensDetails: [{ modality: 'TEXT', tokenCount: tokens }] })
}

/** Null: not a JSON object. What else can go wrong while it is read is the caller's to know. */
async function readBody(request: Request): Promise<JsonObject | null> {
  const text = await request.text()
  try {
    const body: unknown = JSON.parse(text)
    return isObject(body) ? body : null
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

const unreadable: Refusal = {
  kind: 'bad-request',
  message: 'We could not parse the JSON body of your request. The demo provider expects a JSON object.',
}

function unknown(method: string, url: URL): Refusal {
  const isKnown = toEndpoint({ method: 'POST', url, headers: new Headers() }).kind !== 'unknown'
  if (isKnown) return { kind: 'method-not-allowed', message: `Not allowed to ${method} on ${url.pathname}.` }
  return { kind: 'not-found', message: `Invalid URL (${method} ${url.pathname})` }
}

function refuse(refusal: Refusal, dialect: DialectName): Response {
  const seconds = refusal.retryAfterSeconds
  const headers = new Headers({ 'content-type': 'application/json' })
  if (seconds !== undefined) headers.set('retry-after', String(seconds))
  const body = JSON.stringify(voices[dialect].refuse(refusal, 0))
  return new Response(body, { status: statuses[refusal.kind], headers })
}

function json(body: Json): Response {
  return new Response(JSON.stringify(body), { headers: { 'content-type': 'application/json' } })
}
