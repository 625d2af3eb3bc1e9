import type { Config } from '../config/schema.ts'
import type { ProviderSettings, Transport } from '../provider/provider.ts'
import { readPem } from './pem.ts'

/** Providers as configured, the files they name read: a missing one is told before anything is started. */
export function toProviderSettings(providers: Config['providers']): Record<string, ProviderSettings> {
  const settings: Record<string, ProviderSettings> = {}
  for (const [name, { proxy, ca, cert, certKey, ...rest }] of Object.entries(providers)) {
    settings[name] = {
      ...defined(rest),
      transport: { ...defined({ proxy }), ...tlsOf({ ca, cert, key: certKey }) },
    }
  }
  return settings
}

type Files = {
  readonly ca: string | undefined
  readonly cert: string | undefined
  readonly key: string | undefined
}

function tlsOf({ ca, cert, key }: Files): Pick<Transport, 'tls'> {
  if (ca === undefined && cert === undefined && key === undefined) return {}
  return { tls: defined({ ca: read(ca), cert: read(cert), key: read(key) }) }
}

function read(file: string | undefined): string | undefined {
  return file === undefined ? undefined : readPem(file)
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> }

/** Without the members that are undefined, which is not the same as absent. */
function defined<T extends object>(values: T): Defined<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Defined<T>
}
