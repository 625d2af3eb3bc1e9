import { createApi } from '../../src/api/api.ts'
import { explorerRoutes } from '../../src/explorer/routes.ts'
import type { fakeTraces } from './heads.ts'
import { checkPolicies } from './policies.ts'

/** The explorer and its API on a socket, with traces in memory. */
export function serveExplorer(fake: ReturnType<typeof fakeTraces>, token?: string) {
  const api = createApi({
    traces: fake.traces,
    subscribe: fake.subscribe,
    token,
    isLoopback: true,
    version: '0.1.0',
    checkPolicies,
    allowSilence: (request) => server.timeout(request, 0),
    log: () => {},
  })
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    development: false,
    routes: { ...explorerRoutes },
    fetch: api.fetch,
  })
  return { url: server.url.href, stop: () => server.stop(true) }
}
