import http from 'node:http'
import type { Config } from '../config/schema.ts'
import { plainNames } from '../demo/lists.ts'
import type { Gateway } from '../exchange.ts'
import { createProviders } from '../provider/provider.ts'
import { toProviderSettings } from './providers.ts'

/** What a gateway has of its configuration; the rest it shares with those before and after it. */
export type Shared = Omit<Gateway, 'providers' | 'limits' | 'whenClientLeaves'>

export function gatewayOf(config: Config, shared: Shared): Gateway {
  const { providers, ledger, limits, whenClientLeaves, timeouts } = config
  const { includeUsage } = ledger
  // Bun counts them itself, before anybody sees the request; this is where it reads the limit, also while it runs.
  Object.assign(http, { maxHeaderSize: limits.headerBytes })
  return {
    ...shared,
    providers: createProviders(toProviderSettings(providers), plainNames, { includeUsage }),
    limits: {
      wholeBytes: limits.requestBodyBytes,
      streamedBytes: limits.requestBodyBytes,
      silenceMs: timeouts.requestBodyMs,
      openExchanges: limits.openExchanges,
    },
    whenClientLeaves,
  }
}
