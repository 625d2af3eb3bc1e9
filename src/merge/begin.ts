import type { DialectName } from '../dialect/dialect.ts'
import { credentialOf, secretsOf } from '../provider/auth.ts'
import type { Provider } from '../provider/provider.ts'
import { isSecret, toRecord } from '../wire/headers.ts'
import { maskQuery } from '../wire/query.ts'
import type { Begin } from './report.ts'

/** The beginning of a trace, from the client's request and where it is to go; nothing of it is a secret but `secrets`. */
export type Known = {
  readonly provider: Provider | null
  readonly dialect: DialectName | null
  readonly model: string | null
  readonly stream: boolean
}

/** When it was let in, and as whom. */
export type Let = { readonly startedAt: number; readonly user?: string | undefined }

// As in the store: what is shorter is no credential of any provider.
const leastSecretLength = 8

export function beginOf(request: Request, known: Known, { startedAt, user }: Let): Begin {
  const path = pathOf(request.url)
  const { provider } = known
  // Once: each time takes 1 µs.
  const headers = [...request.headers]
  const secrets = secretsOf(headers, path)
  if (provider !== null) secrets.push(...ownSecrets(provider))
  const secret = secrets.indexOf(credentialOf(request.headers, path) ?? '')
  return {
    startedAt,
    project: projectOf(request.headers),
    provider: provider?.name ?? null,
    dialect: known.dialect,
    model: known.model === null ? null : masked(known.model, secrets),
    stream: known.stream,
    method: request.method,
    path: maskQuery(path),
    requestHeaders: toRecord(headers),
    address: provider?.url ?? null,
    client: secret === -1 ? null : { secret },
    user,
    secrets,
  }
}

/** The project that a request names. What is no name is nobody's project. */
export function projectOf(headers: Headers): string {
  const name = headers.get(projectHeader)
  return name !== null && projectForm.test(name) ? name : usualProject
}

/** Of requests that name none; it is nobody's own. */
export const usualProject = 'default'

const projectHeader = 'x-weir-project'
// A dataset of Invariant's may begin with - or _.
const projectForm = /^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,199}$/

/** A model's name goes into the log and every list; who puts a credential there does not get it told. */
function masked(name: string, secrets: readonly string[]): string {
  let text = name
  for (const secret of secrets)
    if (secret.length >= leastSecretLength && name.includes(secret))
      text = text.replaceAll(secret, '*'.repeat(secret.length))
  return text
}

function ownSecrets({ key, headers }: Provider): string[] {
  const secrets = key === undefined ? [] : [key]
  for (const [name, value] of Object.entries(headers)) if (isSecret(name.toLowerCase())) secrets.push(value)
  return secrets
}

/** Path and query of a url as the client wrote them, without the cost of parsing it. */
export function pathOf(url: string): string {
  // What Bun makes of a request whose Host is none: the path is all of it.
  if (url.startsWith('/')) return url
  const slash = url.indexOf('/', url.indexOf('://') + 3)
  return slash === -1 ? '/' : url.slice(slash)
}
