import { misfits } from '../guard/detect/misfits.ts'
import { presetNames, type Provider, type Providers } from '../provider/schema.ts'
import type { Finding } from './problem.ts'
import type { Written } from './schema.ts'
import { isLoopback, parseListen } from './server.ts'

/** What no schema can say: fields that must fit each other. */
export function disagreements(config: Written): Finding[] {
  return [
    ...keeping(config),
    ...listening(config),
    ...providing(config.providers),
    ...detecting(config),
    ...pushing(config),
  ]
}

function keeping(config: Written): Finding[] {
  if (config.data !== undefined) return []
  return [
    { path: ['data'], message: 'is missing, and neither XDG_STATE_HOME nor HOME says where it could be' },
  ]
}

function listening(config: Written): Finding[] {
  const address = parseListen(String(config.listen))
  if (address === null) {
    const message =
      'must be host:port, [address]:port, :port for every address, or a port alone for 127.0.0.1 ' +
      `(0 to 65535), is ${JSON.stringify(config.listen)}`
    return [{ path: ['listen'], message }]
  }
  if (isLoopback(address.host) || config.token !== undefined || config.insecure) return []
  if (config.access === 'keys') return []
  const message =
    `is missing: others can reach ${address.host}, so /api and the explorer need a token ` +
    '(or access: keys, or insecure: true, or --insecure)'
  return [{ path: ['token'], near: ['listen'], message }]
}

function providing(providers: Providers): Finding[] {
  const findings: Finding[] = []
  const owners = new Map<string, string>()
  for (const [name, provider] of Object.entries(providers)) {
    const path = ['providers', name]
    if (!presetNames.some((preset) => preset === name)) findings.push(...required(provider, path))
    if (provider.cert !== undefined && provider.certKey === undefined) {
      findings.push({
        path: [...path, 'certKey'],
        near: [...path, 'cert'],
        message: 'is missing: cert needs it',
      })
    }
    if (provider.certKey !== undefined && provider.cert === undefined) {
      findings.push({
        path: [...path, 'cert'],
        near: [...path, 'certKey'],
        message: 'is missing: certKey needs it',
      })
    }
    findings.push(...framing(provider, path))
    for (const [index, model] of (provider.models ?? []).entries()) {
      const owner = owners.get(model)
      owners.set(model, owner ?? name)
      if (owner === undefined) continue
      const message = `"${model}" already belongs to ${owner === name ? 'this provider' : `providers.${owner}`}`
      findings.push({ path: [...path, 'models', String(index)], message })
    }
  }
  return findings
}

function detecting({ detectors }: Written): Finding[] {
  return misfits(detectors).map(({ path, message }) => ({ path: ['detectors', ...path], message }))
}

/** A remote allows fewer names than we do. */
function pushing({ projects }: Written): Finding[] {
  return Object.entries(projects).flatMap(([name, { push }]): Finding[] => {
    if (push === undefined || push.dataset !== undefined || !name.includes('.')) return []
    const message = `is missing: a remote has no data sets with a dot in their name, as "${name}" has`
    return [{ path: ['projects', name, 'push', 'dataset'], near: ['projects', name, 'push'], message }]
  })
}

function required(provider: Provider, path: readonly string[]): Finding[] {
  const why = `"${path.at(-1)}" is not built in (${presetNames.join(', ')} are), so it must be told`
  return (['dialect', 'url'] as const)
    .filter((field) => provider[field] === undefined)
    .map((field) => ({ path: [...path, field], message: `is missing: ${why}` }))
}

/** Headers that say where a request ends or whom it is for: from outside they would smuggle. */
const framingHeaders = [
  'connection',
  'content-length',
  'host',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]

function framing(provider: Provider, path: readonly string[]): Finding[] {
  return Object.keys(provider.headers ?? {})
    .filter((header) => framingHeaders.includes(header.toLowerCase()))
    .map((header) => ({ path: [...path, 'headers', header], message: 'cannot be set: Weir sets it itself' }))
}
