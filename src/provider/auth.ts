import type { DialectName } from '../dialect/dialect.ts'
import { isSecret, secretsInQuery, withoutSecrets } from '../wire/headers.ts'

/**
 * Credentials on their way out. Without a configured key the client's own pass as they are; with one, every
 * credential of the client ends here and the key takes its place: in the form the client used where the provider
 * understands it, else in the provider's own.
 */
type Form = 'authorization' | 'x-api-key' | 'x-goog-api-key' | 'query'

const understood: Readonly<Record<DialectName, readonly Form[]>> = {
  'openai-chat': ['authorization'],
  'openai-responses': ['authorization'],
  anthropic: ['x-api-key'],
  gemini: ['x-goog-api-key', 'query'],
}
const headerForms = ['authorization', 'x-api-key', 'x-goog-api-key'] as const
const queryKey = /[?&]key=/

/** The credentials a request carries, as texts that must not be stored anywhere. */
export function secretsOf(headers: Iterable<readonly [string, string]>, path: string): string[] {
  const secrets: string[] = []
  for (const [name, value] of headers) {
    if (name === 'cookie') secrets.push(...cookiesOf(value))
    else if (isSecret(name)) secrets.push(withoutScheme(value))
  }
  for (const value of secretsInQuery(path)) secrets.push(value, safeDecode(value))
  return secrets
}

/** The one by which a client is known to be the same. */
export function credentialOf(headers: Headers, path: string): string | null {
  for (const name of [...headerForms, 'api-key']) {
    const value = headers.get(name)
    if (value !== null && value !== '') return withoutScheme(value)
  }
  return secretsInQuery(path)[0] ?? null
}

/** Puts the key in place, in `headers` itself; returns the path with its query accordingly. */
export function authorize(
  headers: Headers,
  path: string,
  key: string,
  dialects: readonly DialectName[],
): string {
  const form = formOf(headers, path, dialects)
  for (const name of headerForms) headers.delete(name)
  headers.delete('api-key')
  headers.delete('cookie')
  const rest = withoutSecrets(path)
  if (form === 'query') return `${rest}${rest.includes('?') ? '&' : '?'}key=${encodeURIComponent(key)}`
  // Anthropic's subscription tokens are bearer tokens, its API keys are not.
  const bearer = form === 'authorization' || (form === 'x-api-key' && key.startsWith('sk-ant-oat'))
  headers.set(bearer ? 'authorization' : form, bearer ? `Bearer ${key}` : key)
  return rest
}

/** Each by itself: who quotes one does not quote all of them. */
function cookiesOf(header: string): string[] {
  return header.split(';').map((cookie) => cookie.slice(cookie.indexOf('=') + 1).trim())
}

function withoutScheme(value: string): string {
  return value.replace(/^[a-z][a-z0-9-]* +/i, '')
}

function formOf(headers: Headers, path: string, dialects: readonly DialectName[]): Form {
  const forms = dialects.flatMap((dialect) => understood[dialect])
  const used = headerForms.find((name) => headers.has(name) && forms.includes(name))
  if (used !== undefined) return used
  if (queryKey.test(path) && forms.includes('query')) return 'query'
  return forms[0] ?? 'authorization'
}

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch (error) {
    if (error instanceof URIError) return text
    throw error
  }
}
