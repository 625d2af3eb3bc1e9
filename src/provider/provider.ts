import type { DialectName } from '../dialect/dialect.ts'
import { replaceUrl } from './address.ts'
import { inProcess, presets, type Preset } from './presets.ts'

/** A place that speaks one or more dialects: its address and its credentials. Data, not code. */
export type Transport = {
  /** An address of a proxy; false goes direct whatever the environment says; undefined leaves it to that. */
  readonly proxy?: string | false
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string }
}

export type Provider = {
  readonly name: string
  readonly dialects: readonly DialectName[]
  readonly url: string
  /** Without one the client's own credentials pass. */
  readonly key: string | undefined
  readonly headers: Readonly<Record<string, string>>
  /** Model names this provider owns; a `*` at the end stands for anything. */
  readonly models: readonly string[]
  readonly transport: Transport
  /** Ask for the usage of streamed chats that do not ask themselves. */
  readonly includeUsage?: boolean
}

export type Providers = ReadonlyMap<string, Provider>

/** One provider's slice of the configuration, its files read. */
export type ProviderSettings = {
  readonly dialect?: DialectName | readonly DialectName[]
  readonly url?: string
  readonly key?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly models?: readonly string[]
  readonly transport?: Transport
  readonly includeUsage?: boolean
}

/**
 * The presets, and what the configuration adds to them or puts in their place. `local` are the models of the provider
 * in this process, which alone knows them.
 */
export function createProviders(
  settings: Readonly<Record<string, ProviderSettings>>,
  local: readonly string[] = [],
  standard: Pick<ProviderSettings, 'includeUsage'> = {},
): Providers {
  const providers = new Map<string, Provider>()
  for (const name of new Set([...Object.keys(presets), ...Object.keys(settings)])) {
    const provider = createProvider(name, presets[name], { ...standard, ...settings[name] })
    const isLocal = provider.url === inProcess && settings[name]?.models === undefined
    providers.set(name, isLocal ? { ...provider, models: local } : provider)
  }
  return providers
}

function createProvider(name: string, preset: Preset | undefined, settings: ProviderSettings): Provider {
  const { dialect, url, key, headers = {}, models, transport = {}, includeUsage = false } = settings
  return {
    name,
    dialects: dialect === undefined ? (preset?.dialects ?? []) : [dialect].flat(),
    url: url === undefined || preset === undefined ? (url ?? preset?.url ?? '') : replaceUrl(preset.url, url),
    key,
    headers,
    models: models ?? preset?.models ?? [],
    transport,
    includeUsage,
  }
}
