import { type Treaty, treaty } from '@elysiajs/eden'
import { signal } from '@preact/signals'
// The API's types, and nothing of it that runs: they are the whole contract between page and server.
import type { Api } from '../api/api.ts'

/**
 * How the page asks the API. The token lives in the tab's session only: never in a cookie, which would travel to
 * providers with transparent requests, and never in an address, which would end up in logs.
 */
const storageKey = 'weir-token'

export const token = signal<string | null>(sessionStorage.getItem(storageKey))
/** Set when the API has refused us: the page then asks for the token. */
export const refused = signal<string | null>(null)

const { api: typed } = treaty<Api>(location.origin, {
  // Otherwise texts that look like dates, in whatever a model said, would become dates.
  parseDate: false,
  headers: () => authorization(),
})

export const api = typed
export type Page = Treaty.Data<typeof api.traces.get>
export type Head = Page['traces'][number]
type One = ReturnType<typeof api.traces>
export type Trace = Treaty.Data<One['get']>
export type Timeline = Treaty.Data<One['timeline']['get']>
export type OpenHead = Treaty.Data<typeof api.open.get>['exchanges'][number]
export type Costs = Treaty.Data<typeof api.costs.get>
export type Status = Treaty.Data<typeof api.status.get>

export function authorization(): Record<string, string> {
  return token.value === null ? {} : { authorization: `Bearer ${token.value}` }
}

export function logIn(given: string): void {
  sessionStorage.setItem(storageKey, given)
  token.value = given
  refused.value = null
}

/** Of a live event: the server's own JSON, so that one look is enough. */
export function isHead(value: unknown): value is Head {
  return typeof value === 'object' && value !== null && 'id' in value && 'timing' in value && 'sizes' in value
}

type Answer<Data> =
  | { readonly data: Data; readonly error: null }
  | { readonly data: null; readonly error: { readonly status: unknown; readonly value: unknown } }

export type Result<Data> =
  { readonly kind: 'ok'; readonly data: Data } | { readonly kind: 'failed'; readonly message: string }

/** What the API said, or in one sentence why not. */
export async function ask<Data>(asked: Promise<Answer<Data>>): Promise<Result<Data>> {
  const shown = token.peek()
  const { data, error } = await asked
  if (error === null) return { kind: 'ok', data }
  const message = messageOf(error.value)
  if (error.status === 401) refuse(shown, message)
  return { kind: 'failed', message }
}

/** Bytes and streams, for which the typed client has no use. */
export async function fetchBytes(path: string, init: RequestInit = {}): Promise<Response> {
  const shown = token.peek()
  const headers = { ...authorization(), ...(init.headers instanceof Headers ? {} : init.headers) }
  const response = await fetch(path, { ...init, headers })
  if (response.ok) return response
  const message = messageOf(await response.json().catch(() => null))
  if (response.status === 401) refuse(shown, message)
  throw new Error(message)
}

/** The refusal of a token that has been replaced since says nothing of the new one. */
function refuse(shown: string | null, message: string): void {
  if (shown === token.peek()) refused.value = message
}

function messageOf(value: unknown): string {
  const error = typeof value === 'object' && value !== null && 'error' in value ? value.error : null
  if (typeof error === 'object' && error !== null && 'message' in error) return String(error.message)
  return value instanceof Error ? 'Weir cannot be reached' : 'Weir did not answer as expected'
}
