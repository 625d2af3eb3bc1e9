import { createAccess, type Access } from '../api/home/access.ts'
import type { Config } from '../config/schema.ts'
import { isLoopback } from '../config/server.ts'
import type { Clock } from '../core/clock.ts'
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
