import { batch, computed, effect, signal } from '@preact/signals'
import { api, ask, type Head, isHead, token } from './client.ts'
import { follow } from './live.ts'
import { type Filter, isSameFilter, noFilter, parsePlace, type Place, toHash } from './place.ts'
import { refreshSoon, refreshStatus } from './totals.ts'
import { matches, type Rows, withHeld, withNew, without, withOlder } from './rows.ts'

/** All that the page knows, and what changes it. Where the user is stands in the address alone. */
export const place = signal<Place>(parsePlace(location.hash))
export const rows = signal<Rows>({ heads: [], next: null })
export const loading = signal<'first' | 'older' | null>('first')
export const failure = signal<string | null>(null)
/** New traces that wait for the user, because he is reading further down or has paused. */
export const held = signal<readonly Head[]>([])
export const paused = signal(false)
/** Whether the top of the list is in sight, and nobody is about to click into it. */
export const atTop = signal(true)
/** Where the keyboard is in the list. */
export const focused = signal<string | null>(null)

export const heldCount = computed(() => held.value.length)
const filter = computed(() => place.value.filter, { name: 'filter' })

const pageSize = 100
const enoughRows = 30
/** Then a button asks whether to look further. */
const mostPagesAtOnce = 50

/** Once, before the page is drawn: it lives as long as its tab. */
export function start(): void {
  addEventListener('hashchange', () => move(location.hash))
  effect(() => void load(filter.value, token.value))
  effect(() => {
    if (!paused.value && atTop.value) showHeld()
  })
  follow({ traces: arrive, gap: () => void load(filter.peek(), token.peek()) })
}

/** A change of filter replaces the address; only opening a trace is a step to go back from. */
export function go(change: Partial<Place>, step: 'push' | 'replace' = 'push'): void {
  const hash = toHash({ ...place.value, ...change })
  if (hash === toHash(place.value)) return
  if (step === 'push') history.pushState(null, '', hash)
  else history.replaceState(null, '', hash)
  move(hash)
}

/** A filter that says the same stays the same: another one asks for its list. */
function move(hash: string): void {
  const { trace, filter } = parsePlace(hash)
  const before = place.peek().filter
  place.value = { trace, filter: isSameFilter(filter, before) ? before : filter }
}

export function filterBy(change: Partial<Filter>): void {
  go({ filter: { ...place.value.filter, ...change } }, 'replace')
}

export function clearFilter(): void {
  filterBy(noFilter)
}

export async function loadOlder(): Promise<void> {
  const { next } = rows.value
  if (next === null || loading.value !== null) return
  const asked = filter.value
  loading.value = 'older'
  const result = await ask(api.traces.get({ query: { ...queryOf(asked), before: next } }))
  if (filter.value !== asked) return
  batch(() => {
    loading.value = null
    if (result.kind === 'ok') rows.value = withOlder(rows.value, toRows(result.data))
    else failure.value = result.message
  })
}

export async function remove(id: string): Promise<string | null> {
  const result = await ask(api.traces({ id }).delete())
  if (result.kind === 'failed') return result.message
  batch(() => {
    rows.value = without(rows.value, id)
    go({ trace: null }, 'replace')
  })
  void refreshStatus()
  return null
}

export function showHeld(): void {
  if (held.peek().length === 0) return
  batch(() => {
    rows.value = withNew(rows.peek(), held.peek())
    held.value = []
  })
}

function arrive(arrived: readonly unknown[]): void {
  refreshSoon()
  const asked = filter.peek()
  const mine = arrived.filter(isHead).filter((head) => matches(asked, head))
  if (mine.length === 0) return
  if (asked.text === '') take(mine)
  else searchSince(Math.floor(Math.min(...mine.map(({ startedAt }) => startedAt))))
}

function take(heads: readonly Head[]): void {
  for (const late of meanwhile) late.push(...heads)
  if (paused.value || !atTop.value) held.value = withHeld(held.value, heads, rows.value).slice(-mostHeld)
  else rows.value = withNew(rows.value, heads)
}

/** Which of the new ones have the text only the server can tell: it is asked every other second at most. */
function searchSince(startedAt: number): void {
  const isDue = searchFrom !== null
  searchFrom = Math.min(startedAt, searchFrom ?? startedAt)
  if (isDue) return
  setTimeout(async () => {
    const asked = filter.peek()
    const since = String(searchFrom)
    searchFrom = null
    const result = await ask(api.traces.get({ query: { ...queryOf(asked), since } }))
    if (result.kind === 'ok' && filter.peek() === asked) take(result.data.traces)
  }, searchEveryMs)
}

const searchEveryMs = 2000
let searchFrom: number | null = null

/** Older ones among those held come back with their page. */
const mostHeld = 400
let lastFilter: Filter | null = null
/** Answers may overtake one another. */
let loads = 0
let lastShown = 0
/** What has arrived since the list was asked for, which its answer may not know: for each time it is. */
const meanwhile = new Set<Head[]>()

async function load(asked: Filter, _token: string | null): Promise<void> {
  if (asked !== lastFilter) loading.value = 'first'
  lastFilter = asked
  const late: Head[] = []
  meanwhile.add(late)
  const load = ++loads
  const result = await ask(api.traces.get({ query: queryOf(asked) }))
  meanwhile.delete(late)
  if (filter.value !== asked || load < lastShown) return
  lastShown = load
  batch(() => {
    loading.value = null
    failure.value = result.kind === 'ok' ? null : result.message
    if (result.kind !== 'ok') return
    rows.value = toRows(result.data)
    held.value = []
    take(late)
  })
  void refreshStatus()
  await fill(asked)
}

/** A search looks through so much at a time and may find nothing yet: it goes on until there is something to see. */
async function fill(asked: Filter): Promise<void> {
  for (let page = 0; page < mostPagesAtOnce; page++) {
    if (filter.peek() !== asked || rows.peek().next === null || rows.peek().heads.length >= enoughRows) return
    await loadOlder()
  }
}

function queryOf({ text, outcome, provider }: Filter) {
  return {
    limit: String(pageSize),
    ...(text !== '' && { text }),
    ...(outcome !== '' && { outcome }),
    ...(provider !== '' && { provider }),
  }
}

function toRows(page: { readonly traces: readonly Head[]; readonly next: string | null }): Rows {
  return { heads: page.traces, next: page.next }
}
