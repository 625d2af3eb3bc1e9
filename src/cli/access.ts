import { createAccess, type Access } from '../api/home/access.ts'
import { ownKeyIn } from '../api/home/credential.ts'
import type { Config } from '../config/schema.ts'
import { isLoopback } from '../config/server.ts'
import type { Clock } from '../core/clock.ts'
import type { MayBring } from '../judge/hear.ts'
import { createPool, type Pool, type PoolOptions } from '../merge/pool.ts'
import { keepKeyUses, type KeyUses } from './key-uses.ts'

/** Who may, by the configuration that Weir started with: an address or a token cannot change while it runs. */
export function accessOf({ token, access, listen }: Config, now: Clock): Access {
  return createAccess({
    token,
    access,
    isLoopback: isLoopback(listen.host),
    now,
    wait: (ms) => Bun.sleep(ms),
  })
}

/** Which requests may bring rules of their own. */
export function mayBringOf(header: Config['judging']['header'], { mayRule }: Access): MayBring {
  switch (header) {
    case 'allow':
      return () => null
    case 'refuse':
      return () => 'Requests may not bring rules: the header Invariant-Guardrails is refused'
    case 'local':
      return async (headers, project) =>
        (await mayRule(ownKeyIn(headers), project)) ? null : ruleless(project)
  }
}

function ruleless(project: string): string {
  return `The header Invariant-Guardrails takes a key with the right "rules" for the project "${project}"`
}

type Tools = Pick<PoolOptions, 'hire' | 'onKept' | 'log' | 'now'> & {
  /** Called when projects have rules: who judges by them is there before the first request. */
  readonly wake: () => void
}

/** The thread that stores, which says who may and is told when their keys were used. */
export function poolOf(
  { traces: { mostInboxBytes } }: Config,
  access: Access,
  { wake, ...tools }: Tools,
): { readonly pool: Pool; readonly keyUses: KeyUses } {
  const onAccess = (snapshot: string) => {
    if (access.take(snapshot).policies.length > 0) wake()
  }
  const pool = createPool({ ...tools, mostInboxBytes, onAccess })
  return { pool, keyUses: keepKeyUses({ access, change: pool.change, log: tools.log }) }
}
