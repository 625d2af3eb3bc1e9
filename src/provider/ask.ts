import { Type, type Static } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import type { DialectName } from '../dialect/dialect.ts'
import { readBounded } from '../wire/bounded.ts'
import { inflate } from '../wire/inflate.ts'
import { join, underVersion } from './address.ts'
import { authorize } from './auth.ts'
import type { Provider } from './provider.ts'

/** One provider asked which models it has, with its own key. */
export type Fetch = (url: string, init: BunFetchRequestInit) => Promise<Response>

// OpenRouter's list, the longest known, has 0.7 MB.
const mostBytes = 4 << 20

/** Its first page, which is asked to hold them all: 1,000 is the most that Anthropic and Google give. */
const paths: Readonly<Record<DialectName, string>> = {
  'openai-chat': '/v1/models',
  'openai-responses': '/v1/models',
  anthropic: '/v1/models?limit=1000',
  gemini: '/v1beta/models?pageSize=1000',
}

export async function askModels(provider: Provider, fetch: Fetch, signal: AbortSignal): Promise<string[]> {
  const { url, headers } = toRequest(provider)
  const { proxy, tls } = provider.transport
  const response = await fetch(url, {
    headers,
    signal,
    redirect: 'manual',
    // What comes out of a compressed body is bounded too, which `fetch` would not do.
    decompress: false,
    ...(proxy === undefined ? {} : { proxy }),
    ...(tls === undefined ? {} : { tls }),
  })
  if (!response.ok) {
    await response.body?.cancel()
    throw new Error(`It answered with status ${response.status}`)
  }
  const body = await readBounded(response, mostBytes)
  if (body === null) throw new Error('Its answer is too long')
  const { bytes, whole } = inflate(body, response.headers.get('content-encoding') ?? '', mostBytes)
  if (!whole) throw new Error('Its answer is too long, or damaged')
  return namesIn(parse(new TextDecoder().decode(bytes)))
}

function toRequest(provider: Provider): { url: string; headers: Headers } {
  const [dialect = 'openai-chat'] = provider.dialects
  const headers = new Headers({ accept: 'application/json', 'accept-encoding': 'gzip' })
  if (dialect === 'anthropic') headers.set('anthropic-version', '2023-06-01')
  const path = dialect.startsWith('openai') ? underVersion(provider.url, paths[dialect]) : paths[dialect]
  const authorized =
    provider.key === undefined ? path : authorize(headers, path, provider.key, provider.dialects)
  for (const [name, value] of Object.entries(provider.headers)) headers.set(name, value)
  return { url: join(provider.url, authorized), headers }
}

const openaiEntries = Type.Array(Type.Object({ id: Type.String({ minLength: 1 }) }))

/** Anthropic's list is OpenAI's in what is read here; Together gives OpenAI's without what is around it. */
const List = Type.Union([
  Type.Object({ data: openaiEntries }),
  Type.Object({ models: Type.Array(Type.Object({ name: Type.String({ minLength: 1 }) })) }),
  openaiEntries,
])

function namesIn(list: Static<typeof List>): string[] {
  if (Array.isArray(list)) return list.map(({ id }) => id)
  if ('data' in list) return list.data.map(({ id }) => id)
  return list.models.map(({ name }) => name.replace(/^models\//, ''))
}

/** The runtime's own error would quote what came, and it goes to the log. */
function parse(text: string): Static<typeof List> {
  const value = jsonIn(text)
  if (Value.Check(List, value)) return value
  throw new Error('Its answer is no list of models')
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
