import { createAccess, type Access } from '../api/home/access.ts'
import type { Config } from '../config/schema.ts'
import { isLoopback } from '../config/server.ts'
import type { Clock } from '../core/clock.ts'

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
