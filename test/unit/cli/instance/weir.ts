import { type ApiOptions, createApi } from '../../../../src/api/api.ts'
import { openInstance } from '../../../../src/cli/instance/instance.ts'
import { type Stored, fakeTraces, storedTrace } from '../../../support/heads.ts'
import { checkPolicies } from '../../../support/policies.ts'

/** A source of traces that asks an API in the same process, as it would one that runs elsewhere. */
export const url = 'http://localhost:9347'
/** Nobody calls it off. */
export const goesOn = new AbortController().signal

export function createWeir(stored: readonly Stored[] = [], options: Partial<ApiOptions> = {}) {
  const fake = fakeTraces(stored)
  const { traces, subscribe } = fake
  const api = createApi({
    traces,
    subscribe,
    token: undefined,
    isLoopback: true,
    version: '9.9.9',
    checkPolicies,
    allowSilence: () => undefined,
    log: () => undefined,
    ...options,
  })
  const asked: string[] = []
  const warnings: string[] = []
  const source = openInstance({
    url,
    token: options.token ?? null,
    stop: goesOn,
    send: async (request) => {
      asked.push(`${request.method} ${request.url.slice(url.length)}`)
      return api.handle(request)
    },
    warn: (message) => void warnings.push(message),
  })
  return { ...fake, source, asked, warnings }
}

/** What some other server would answer. */
export function createStranger(answer: (request: Request) => Response, token: string | null = null) {
  return openInstance({
    url,
    token,
    stop: goesOn,
    send: async (request) => answer(request),
    warn: () => undefined,
  })
}

/** Traces that began at these milliseconds, in this order. */
export function tracesAt(...starts: readonly number[]): Stored[] {
  return starts.map((startedAt) => storedTrace({ startedAt }))
}

export const idsOf = (traces: readonly { id: string }[]) => traces.map(({ id }) => id)
export const idsIn = (stored: readonly Stored[]) => stored.map(({ record }) => record.id)
