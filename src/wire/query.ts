/**
 * Credentials in a path's query. Some open a provider, and Weir's key may take their place; others that are secret, such
 * as signatures and passwords, pass as they are, and no trace tells them.
 */
const credential = /^(?:key|api[-_]?key|access_token|token)$/i
const secret =
  /^(?:key|api[-_]?key|access[-_]?token|token|subscription-key|sig|signature|client[-_]?secret|password|x-(?:amz|goog)-(?:signature|credential|security-token))$/i

export const masked = '[redacted]'

/** A path and query as a trace or a log keeps it: the values of secrets masked. */
export function maskQuery(path: string): string {
  return withParameters(path, (parameters) =>
    parameters.map((parameter) =>
      isNamed(parameter, secret) ? `${parameter.slice(0, parameter.indexOf('='))}=${masked}` : parameter,
    ),
  )
}

/** The values of secrets, as they are written there. */
export function secretsInQuery(path: string): string[] {
  return valuesIn(path, secret)
}

/** Those by which a client is known to its provider. */
export function credentialsInQuery(path: string): string[] {
  return valuesIn(path, credential)
}

/** A path without them; all else of it stays as it is. */
export function withoutCredentials(path: string): string {
  return withParameters(path, (parameters) => parameters.filter((each) => !isNamed(each, credential)))
}

/** What is percent-encoded, or the same where it is not. */
export function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch (error) {
    if (error instanceof URIError) return text
    throw error
  }
}

function withParameters(path: string, change: (parameters: readonly string[]) => readonly string[]): string {
  const query = path.indexOf('?')
  if (query === -1) return path
  const parameters = path.slice(query + 1).split('&')
  const changed = change(parameters)
  return path.slice(0, query) + (changed.length === 0 ? '' : `?${changed.join('&')}`)
}

function valuesIn(path: string, names: RegExp): string[] {
  const query = path.indexOf('?')
  if (query === -1) return []
  const found = path
    .slice(query + 1)
    .split('&')
    .filter((parameter) => isNamed(parameter, names))
  return found.map((parameter) => parameter.slice(parameter.indexOf('=') + 1))
}

/** A name may be written percent-encoded, and means the same. */
function isNamed(parameter: string, names: RegExp): boolean {
  const end = parameter.indexOf('=')
  return end !== -1 && names.test(decode(parameter.slice(0, end)))
}
