import { createSearch } from '../search.ts'
import type { TraceRow } from '../row.ts'
import type { HomeAnswer } from './questions.ts'
import { type Answering, budgetMs, type Of, told } from './answer-traces.ts'
import { foundSource } from './found.ts'
import { findText, isMeta, type Mappings, parseQuery, type Query } from './query.ts'
import { homeColumns, type HomeRow, homeTablesJoined } from './rows.ts'
import { type AnnotationRow, metadataOf } from './shape.ts'

/** A slice of a search: what it found, and where to go on. Whoever asks puts the slices together. */
export type SearchSlice = {
  readonly groups: readonly { label: string; description: string; number: number; severity?: number }[]
  readonly mappings: Readonly<Record<string, Mappings>>
}

const tracesAtOnce = 256

type Matched = {
  readonly labels: readonly { label: string; severity?: number }[]
  readonly mappings?: Mappings
}

export function createSearchAnswers({ database, rows, contents, notesOf, now }: Answering) {
  const later = database.prepare<HomeRow, [string, number, number]>(
    `SELECT ${homeColumns} FROM ${homeTablesJoined} WHERE t.project = ? AND t.number > ? ORDER BY t.number LIMIT ?`,
  )
  const bare = database.prepare<TraceRow & { seq: number }, [number]>('SELECT * FROM traces WHERE seq = ?')
  // Two statements: one with OR across two tables goes through all of them, 20 ms for each id among 100,000 traces.
  const byId = database.prepare<{ seq: number }, [string]>('SELECT seq FROM traces WHERE id = ?')
  const byForeign = database.prepare<{ seq: number }, [string]>('SELECT seq FROM told WHERE foreign_id = ?')
  const search = createSearch(database)

  const matcher = (query: Query, isMapped: boolean): ((row: HomeRow) => Matched | null) => {
    switch (query.kind) {
      case 'invariant':
        return (row) => ({ labels: groupsOf(notesOf(row)) })
      case 'numbers': {
        const numbers = new Set(query.numbers)
        return ({ number }) => (number !== null && numbers.has(number) ? named(query.label) : null)
      }
      case 'ids': {
        const rows = query.ids.flatMap((id) => [...byId.all(id), ...byForeign.all(id)])
        const found = new Set(rows.map(({ seq }) => seq))
        return ({ seq }) => (found.has(seq) ? named(query.label) : null)
      }
      case 'search':
        return finder(query, isMapped)
    }
  }

  const finder = ({ text, filters }: Extract<Query, { kind: 'search' }>, isMapped: boolean) => {
    const isIn = text === '' ? null : search(text)
    return (row: HomeRow): Matched | null => {
      const fits = filters.every((filter) =>
        filter.kind === 'meta' ? isMeta(filter, metadataOf(row)) : notesOf(row).length > 0 === filter.is,
      )
      if (!fits) return null
      if (isIn === null) return named('')
      const stored = bare.get(row.seq)
      // Looked for in the bytes first, each shared piece once; only what is in them is read as messages.
      if (stored === null || !isIn(stored)) return null
      const messages = contents.messagesOf(row)
      const mappings = findText(messages, text)
      const isThere =
        Object.keys(mappings).length > 0 ||
        JSON.stringify(messages).toLowerCase().includes(text.toLowerCase())
      return isThere ? { labels: [{ label: '' }], ...(isMapped && { mappings }) } : null
    }
  }

  return ({ dataset, query: text, after, isMapped, who }: Of<'search'>): HomeAnswer => {
    const { name } = rows.readableDataset(dataset, who)
    const query = parseQuery(text)
    const match = matcher(query, isMapped)
    const deadline = now() + budgetMs
    const groups: SearchSlice['groups'][number][] = []
    const mappings: Record<string, Mappings> = {}
    const description = describe(query)
    const slice: SearchSlice = { groups, mappings }
    const some = later.all(name, after, tracesAtOnce)
    let last = after
    for (const row of some) {
      last = row.number ?? last
      const matched = match(row)
      for (const { label, ...more } of matched?.labels ?? []) {
        groups.push({ label: label === '' ? text : label, description, number: last, ...more })
      }
      if (matched !== null && isMapped && query.kind === 'search')
        mappings[String(last)] = matched.mappings ?? {}
      if (now() >= deadline) return told(slice, last)
    }
    return told(slice, some.length < tracesAtOnce ? null : last)
  }
}

export const otherTraces = 'Other Traces'

function named(label: string): Matched {
  return { labels: [{ label }] }
}

function describe(query: Query): string {
  if (query.kind === 'invariant') return ''
  if (query.kind !== 'search') return 'filtered selection'
  if (query.text !== '') return query.filters.length > 0 ? 'filtered search result' : 'search result'
  return query.filters.length > 0 ? 'filtered result' : ''
}

const analyzed = 'Invariant analyzer result: '

/** What analyzers and rules said of a trace: each finding is a group. */
function groupsOf(notes: readonly AnnotationRow[]): Matched['labels'] {
  const found = new Map<string, { label: string; severity?: number }>()
  for (const { content, source, metadata } of notes) {
    for (const label of labelsIn(content, source)) found.set(label, { label, ...severityIn(metadata) })
  }
  return found.size === 0 ? [{ label: otherTraces }] : [...found.values()]
}

function labelsIn(content: string, source: string): string[] {
  if (content.startsWith(analyzed)) {
    const lines = content.slice(analyzed.length).split('\n')
    return lines.flatMap((line) => /^[a-zA-Z]+\((.*)\)/.exec(line.trim())?.[1]?.split(',')[0] ?? [])
  }
  return source === 'analyzer-model' || source === foundSource ? [content.slice(0, 200)] : []
}

function severityIn(metadata: string | null): { severity?: number } {
  const told: unknown = metadata === null ? null : JSON.parse(metadata)
  const severity = typeof told === 'object' && told !== null && 'severity' in told ? told.severity : undefined
  return typeof severity === 'number' ? { severity } : {}
}
