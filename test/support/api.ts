import { type ApiOptions, createApi } from '../../src/api/api.ts'
import { fakeTraces, storedTrace } from './heads.ts'
import { checkPolicies } from './policies.ts'

/** The API in this process, over traces in memory. */
export function startApi(
  change: Partial<ApiOptions> = {},
  fake = fakeTraces([storedTrace(), storedTrace(), storedTrace()]),
) {
  const api = createApi({
    traces: fake.traces,
    subscribe: fake.subscribe,
    token: undefined,
    isLoopback: true,
    version: '9.9.9',
    checkPolicies,
    allowSilence: () => {},
    log: (...line) => void fake.calls.push(line),
    now: () => Date.UTC(2026, 1, 1),
    ...change,
  })
  const ask = (path: string, init: RequestInit = {}) =>
    api.handle(new Request(`http://localhost/api${path}`, init))
  return { ...fake, api, ask, json: async (path: string) => (await ask(path)).json() }
}

/** What a refusal says. */
export async function messageOf(response: Response): Promise<string> {
  const { error } = await response.json()
  return error.message
}
