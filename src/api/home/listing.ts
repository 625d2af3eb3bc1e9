import { Fault } from '../../core/fault.ts'
import { otherTraces, type SearchSlice } from '../../trace/home/answer-search.ts'
import { parseQuery } from '../../trace/home/query.ts'
import type { HomeQuestion } from '../../trace/home/questions.ts'
import type { DatasetKey } from '../../trace/home/rows.ts'
import type { Who } from '../../trace/home/who.ts'
import { type HomeAnswers, type Told, toJson, toStream } from './store.ts'

/** Answers that are put together from slices, so that the thread that reads has time for others between. */
export type Place = { readonly dataset: DatasetKey; readonly who: Who }

type Datasets = Omit<Extract<HomeQuestion, { readonly kind: 'datasets' }>, 'kind' | 'after'>

export type Listing = {
  readonly snippets: (who: Who, limit: number) => Promise<Response>
  readonly datasets: (question: Datasets) => Promise<Response>
  readonly dataset: (place: Place) => Promise<Response>
  readonly traces: (place: Place, of: TracesOf) => Promise<Response>
  readonly indices: (place: Place) => Promise<Response>
  readonly full: (place: Place) => Promise<Response>
  readonly exported: (place: Place, of: ExportOf) => Promise<Response>
  readonly search: (place: Place, query: string) => Promise<Response>
}

export type TracesOf = {
  readonly limit: number
  readonly offset: number
  readonly numbers: readonly number[] | null
}
export type ExportOf = { readonly isAnnotated: boolean; readonly withIds: boolean }

// A scan of some hundred thousand traces; whoever asks for more has left by then.
const mostSearchMs = 30_000
/** Traces whose places are told, of up to a hundred places each: what comes after them is found, without saying where. */
const mostMapped = 1000
/** For the counts of all saved queries of a project together; those that take longer are not known. */
const mostCountMs = 1_000

export function createListing({ told }: HomeAnswers, now: () => number): Listing {
  /** The items of all slices as texts of JSON with commas between. */
  async function* items(question: Sliced): AsyncGenerator<string> {
    let isFirst = true
    for (let after: number | null = -1; after !== null;) {
      const slice: Told = await told({ ...question, after })
      const inner = slice.json.slice(1, -1)
      if (inner !== '') {
        yield isFirst ? inner : `,${inner}`
        isFirst = false
      }
      after = slice.next
    }
  }

  async function find({ dataset, who }: Place, query: string, { mostMs, mostMapped }: Most) {
    const until = now() + mostMs
    const found: Found = { groups: new Map(), mappings: {}, traces: new Set() }
    let mapped = 0
    for (let after: number | null = -1; after !== null;) {
      if (now() > until) return null
      const isMapped = mapped < mostMapped
      const { json, next }: Told = await told({ kind: 'search', dataset, query, who, after, isMapped })
      // Written a moment ago by our own thread.
      const slice: SearchSlice = JSON.parse(json)
      for (const each of slice.groups) addTo(found, each)
      Object.assign(found.mappings, slice.mappings)
      mapped += Object.keys(slice.mappings).length
      after = next
    }
    return found
  }

  return {
    dataset: async (place) => {
      const { json } = await told({ kind: 'dataset', ...place })
      const dataset: Dataset = JSON.parse(json)
      const until = now() + mostCountMs
      const queries: SavedQuery[] = []
      for (const query of dataset.queries) {
        const counted = query.deletable ? await countOf(place, query.query ?? '', until) : query.count
        queries.push({ ...query, count: counted })
      }
      return toJson(JSON.stringify({ ...dataset, queries }))
    },
    snippets: async (who, limit) => wrapped('[', items({ kind: 'snippets', who, limit }), ']'),
    datasets: async (question) => wrapped('[', items({ kind: 'datasets', ...question }), ']'),
    traces: async (place, of) => wrapped('[', items({ kind: 'traces', ...place, ...of }), ']'),
    indices: async (place) => wrapped('[', items({ kind: 'indices', ...place }), ']'),
    full: async (place) => {
      const { json } = await told({ kind: 'dataset', ...place })
      const traces = items({ kind: 'full', ...place, isAnnotated: false, withIds: false })
      return wrapped(`${json.slice(0, -1)},"traces":[`, traces, ']}')
    },
    exported: async (place, of) => {
      const { json } = await told({ kind: 'export-head', ...place })
      const { name, head }: { name: string; head: unknown } = JSON.parse(json)
      const lines = linesOf(head, (after) => told({ kind: 'export', ...place, ...of, after }))
      return toStream(lines, {
        'content-type': 'application/jsonl',
        'content-disposition': `attachment; filename="${name.replace(/[^\w.-]/g, '_')}.jsonl"`,
      })
    },
    search: async (place, query) => {
      const parsed = parseQuery(query)
      const found = await find(place, query, { mostMs: mostSearchMs, mostMapped })
      if (found === null) throw new Fault('overloaded', 'This search takes too long: narrow it with a filter')
      const result: Record<string, Group> = { [otherTraces]: none }
      if (parsed.kind === 'search') result[query] = { traces: [], description: '' }
      if ('label' in parsed) result[parsed.label] = { traces: [], description: 'filtered selection' }
      for (const [label, group] of found.groups) {
        result[label] = label === otherTraces ? { ...none, traces: group.traces } : group
      }
      return toJson(JSON.stringify({ result, mappings: found.mappings }))
    },
  }

  async function countOf(place: Place, query: string, until: number): Promise<number | null> {
    try {
      return (await find(place, query, { mostMs: until - now(), mostMapped: 0 }))?.traces.size ?? null
    } catch (error) {
      // Saved before it was looked at, or by another version: it counts nothing, and says so when it is used.
      if (error instanceof Fault && error.code === 'bad-request') return null
      throw error
    }
  }
}

type Sliced = Distribute<Extract<HomeQuestion, { readonly after: number }>>
type Distribute<Question> = Question extends unknown ? Omit<Question, 'after'> : never

type SavedQuery = { count: number | null; query: string | null; deletable: boolean }
type Dataset = { queries: readonly SavedQuery[] }
type Most = { readonly mostMs: number; readonly mostMapped: number }
type Group = { traces: number[]; description?: string; severity?: number }
type Found = {
  readonly groups: Map<string, Group>
  readonly mappings: Record<string, unknown>
  readonly traces: Set<number>
}

const none: Group = { traces: [], description: 'Traces without Analyzer results', severity: 0 }

function addTo({ groups, traces }: Found, each: SearchSlice['groups'][number]): void {
  const { label, number, description, severity } = each
  traces.add(number)
  const group = groups.get(label)
  if (group !== undefined) return void group.traces.push(number)
  const more = severity === undefined ? {} : { severity }
  groups.set(label, { traces: [number], ...(description !== '' && { description }), ...more })
}

/** The first part is there before anything is answered: what is not there, or not for them, has its own status. */
async function wrapped(head: string, parts: AsyncGenerator<string>, tail: string): Promise<Response> {
  const first = await parts.next()
  async function* all(): AsyncGenerator<string> {
    yield head
    if (first.done !== true) yield first.value
    yield* parts
    yield tail
  }
  return toStream(all(), { 'content-type': 'application/json' })
}

async function* linesOf(head: unknown, slice: (after: number) => Promise<Told>): AsyncGenerator<string> {
  yield `${JSON.stringify(head)}\n`
  for (let after: number | null = -1; after !== null;) {
    const { json, next }: Told = await slice(after)
    const lines: readonly unknown[] = JSON.parse(json)
    if (lines.length > 0) yield lines.map((line) => `${JSON.stringify(line)}\n`).join('')
    after = next
  }
}
