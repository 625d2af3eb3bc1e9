import type { SessionQuery, TraceQuery } from '../source.ts'
import type { Ask } from './ask.ts'
import { SessionPage } from './session.ts'
import { Page, type Shape } from './shape.ts'

/** One page of traces, newest first; `before` is the `next` of the page before. Short pages may have a next one. */
export type List = (query: TraceQuery, limit: number, before: string | null) => Promise<Shape<typeof Page>>

const mostListed = 1000

export function createList(ask: Ask): List {
  return async (query, limit, before) => {
    const page = await ask.json('traces', Page, { parameters: parametersOf(query, limit, before) })
    if (page === null) throw ask.stranger()
    return page
  }
}

export type ListSessions = (
  query: SessionQuery,
  limit: number,
  before: string | null,
) => Promise<Shape<typeof SessionPage>>

export function createSessionList(ask: Ask): ListSessions {
  return async (query, limit, before) => {
    const page = await ask.json('sessions', SessionPage, { parameters: parametersOf(query, limit, before) })
    if (page === null) throw ask.stranger()
    return page
  }
}

function parametersOf({ since, until, ...rest }: TraceQuery, limit: number, before: string | null) {
  return {
    ...rest,
    since: since === undefined ? undefined : wholeMs(since),
    until: until === undefined ? undefined : wholeMs(until),
    limit: Math.min(limit, mostListed),
    before: before ?? undefined,
  }
}

/** All pages, one after the other as they are asked for. */
export async function* allPages(list: List, query: TraceQuery, from: string | null) {
  let before = from
  do {
    const page: Awaited<ReturnType<List>> = await list(query, mostListed, before)
    yield page.traces
    before = page.next
  } while (before !== null)
}

/** Ids count whole milliseconds, and so does the API. */
export function wholeMs(ms: number): number {
  return Math.max(0, Math.floor(ms))
}
