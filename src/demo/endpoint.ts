import type { DialectName } from '../dialect/dialect.ts'

/** Which question an address asks. Every path is also there without its version. */
export type Endpoint =
  | {
      readonly kind: 'generate'
      readonly dialect: DialectName
      readonly model: string | null
      readonly stream: Stream
    }
  | { readonly kind: 'count'; readonly dialect: 'anthropic' | 'gemini'; readonly model: string | null }
  | { readonly kind: 'embed' }
  | { readonly kind: 'models'; readonly dialect: 'openai-chat' | 'gemini'; readonly model: string | null }
  | { readonly kind: 'unknown'; readonly dialect: DialectName }

/** asked: the body says. Gemini's addresses say it themselves, with events or as a JSON array. */
export type Stream = 'asked' | 'never' | 'events' | 'array'

export type Address = { readonly method: string; readonly url: URL; readonly headers: Headers }

export function toEndpoint(address: Address): Endpoint {
  const { method, url, headers } = address
  const path = url.pathname.replace(/\/+$/, '')
  const bare = path.replace(/^\/v1(?=\/)/, '')
  if (method === 'GET' || method === 'HEAD') return toList(path, bare, headers)
  if (method === 'POST') return toQuestion(path, bare, address)
  return { kind: 'unknown', dialect: resembles(path, headers) }
}

function toQuestion(path: string, bare: string, { url, headers }: Address): Endpoint {
  const asked = { kind: 'generate', model: null, stream: 'asked' } as const
  if (bare === '/chat/completions') return { ...asked, dialect: 'openai-chat' }
  if (bare === '/responses') return { ...asked, dialect: 'openai-responses' }
  if (bare === '/messages') return { ...asked, dialect: 'anthropic' }
  if (bare === '/messages/count_tokens') return { kind: 'count', dialect: 'anthropic', model: null }
  if (bare === '/embeddings') return { kind: 'embed' }
  return toVerb(path, url) ?? { kind: 'unknown', dialect: resembles(path, headers) }
}

/** `/v1beta/models/{model}:{verb}`; a model's name may hold slashes. */
function toVerb(path: string, url: URL): Endpoint | null {
  const match = /^(?:\/v1(?:beta|alpha)?)?\/models\/(.+):([a-zA-Z]+)$/.exec(path)
  const model = decoded(match?.[1])
  const generate = { kind: 'generate', dialect: 'gemini', model } as const
  switch (match?.[2]) {
    case 'generateContent':
      return { ...generate, stream: 'never' }
    case 'streamGenerateContent':
      return { ...generate, stream: url.searchParams.get('alt') === 'sse' ? 'events' : 'array' }
    case 'countTokens':
      return { kind: 'count', dialect: 'gemini', model }
    default:
      return null
  }
}

function toList(path: string, bare: string, headers: Headers): Endpoint {
  const match = /^(\/v1beta|\/v1alpha)?\/models(?:\/(.+))?$/.exec(bare)
  if (match === null) return { kind: 'unknown', dialect: resembles(path, headers) }
  // Google's SDK asks for `/v1/models` too since its version 3: only its key tells it apart.
  const isGoogle = match[1] !== undefined || headers.has('x-goog-api-key')
  return { kind: 'models', dialect: isGoogle ? 'gemini' : 'openai-chat', model: decoded(match[2]) }
}

function resembles(path: string, headers: Headers): DialectName {
  if (/\/messages(\/|$)/.test(path) || headers.has('anthropic-version')) return 'anthropic'
  if (/^\/v1(beta|alpha)\//.test(path) || /\/models\/.+:/.test(path)) return 'gemini'
  return /\/responses(\/|$)/.test(path) ? 'openai-responses' : 'openai-chat'
}

/** Read as a query is, since that never throws, whatever was sent. */
function decoded(name: string | undefined): string | null {
  if (name === undefined) return null
  return new URLSearchParams(`name=${name.replaceAll('+', '%2B').replaceAll('&', '%26')}`).get('name')
}
