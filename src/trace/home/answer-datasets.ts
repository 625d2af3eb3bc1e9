import { Fault } from '../../core/fault.ts'
import type { DatasetList, HomeAnswer } from './questions.ts'
import { type Answering, budgetMs, type Of, told, toLine } from './answer-traces.ts'
import { createPoliciesOf } from './policies.ts'
import { type DatasetRow, homeColumns, type HomeRow, homeTablesJoined, mayReadDataset } from './rows.ts'
import { createSavedOf } from './saved.ts'
import { hierarchyOf, mostTextCharacters, nameOf, toDataset, toHead, toListed, toTrace } from './shape.ts'
import type { Who } from './who.ts'

/** Projects, and lists of their traces: long ones in slices, so that nobody else waits long for this thread. */
const indicesAtOnce = 5000
const tracesAtOnce = 256

type Listed = Pick<DatasetRow, 'id' | 'name' | 'user' | 'is_public'>
type Counted = { readonly count: number }
type Leading = {
  readonly name: string
  readonly user: string
  readonly agent: string | null
  readonly accuracy: number
}

export function createDatasetAnswers({ database, rows, contents, notesOf, now }: Answering) {
  const selectTraces = `SELECT ${homeColumns} FROM ${homeTablesJoined} WHERE t.project = ?`
  const count = database.prepare<Counted, [string]>('SELECT count(*) AS count FROM traces WHERE project = ?')
  // Without what is told of them, which may be megabytes for each.
  const all = database.prepare<Listed, []>(
    'SELECT id, name, user, is_public FROM dataset ORDER BY coalesce(pushed_at, created_at) DESC',
  )
  const page = database.prepare<HomeRow, [string, number, number]>(
    `${selectTraces} ORDER BY t.number LIMIT ? OFFSET ?`,
  )
  const later = database.prepare<HomeRow, [string, number, number]>(
    `${selectTraces} AND t.number > ? ORDER BY t.number LIMIT ?`,
  )
  const numbered = database.prepare<HomeRow, [string, number]>(`${selectTraces} AND t.number = ?`)
  const isUser = database.prepare('SELECT 1 FROM user WHERE name = ?')
  const leading = database.prepare<Leading, [string]>(
    `SELECT name, user, json_extract(metadata, '$.name') AS agent, json_extract(metadata, '$.accuracy') AS accuracy
     FROM dataset WHERE is_public = 1 AND json_extract(metadata, '$.benchmark') = ?
     AND json_type(metadata, '$.accuracy') IN ('integer', 'real') ORDER BY accuracy DESC, agent, user, name LIMIT 1000`,
  )
  const sourcesOf = (row: HomeRow): Record<string, number> => {
    const counts: Record<string, number> = {}
    for (const { source } of notesOf(row)) counts[source] = (counts[source] ?? 0) + 1
    return counts
  }

  const policiesOf = createPoliciesOf(database)
  const savedOf = createSavedOf(database)

  return {
    dataset: ({ dataset, who }: Of<'dataset'>): HomeAnswer => {
      const row = rows.readableDataset(dataset, who)
      return told({ ...toDataset(row, who, policiesOf(row.id)), ...savedOf(row, who.user.id) })
    },
    head: ({ dataset, who }: Of<'export-head'>): HomeAnswer => {
      const row = rows.readableDataset(dataset, who)
      return told({ name: row.name, head: toHead(row, who, policiesOf(row.id)) })
    },
    /** The one with the newest trace first; `after` counts those that were told before. */
    list: ({ list, text, limit, after, who }: Of<'datasets'>): HomeAnswer => {
      if (list.kind === 'of' && !isUser.get(list.username)) throw new Fault('not-found', 'User not found')
      const deadline = now() + budgetMs
      const isWanted = wantedOf(list, text, who)
      const before = Math.max(after, 0)
      const items: object[] = []
      for (const { id } of all.all().filter(isWanted).slice(before, limit)) {
        // It may have gone since the list was read.
        const row = rows.dataset({ id })
        if (row === null) continue
        const shown = toDataset(row, who, policiesOf(id))
        items.push({ ...shown, num_traces: count.get(row.name)?.count ?? 0 })
        if (now() >= deadline) return told(items, before + items.length)
      }
      return told(items)
    },
    /** Public projects that say how well they did at something. */
    leaderboard: ({ benchmark }: Of<'leaderboard'>): HomeAnswer => {
      const leaders = leading.all(benchmark).map(({ name, user, agent, accuracy }) => {
        const dataset = `${user}/${name}`
        return { name: agent ?? dataset, dataset, accuracy }
      })
      return told(leaders)
    },
    /** `after` counts those that were told before. */
    traces: ({ dataset, limit, offset, numbers, after, who }: Of<'traces'>): HomeAnswer => {
      const { name } = rows.readableDataset(dataset, who)
      const deadline = now() + budgetMs
      const before = Math.max(after, 0)
      const sorted = numbers === null ? null : [...new Set(numbers)].sort((one, other) => one - other)
      const found = sorted?.map((number) => numbered.get(name, number)).filter((row) => row !== null)
      const some =
        found?.slice(offset + before, offset + limit).values() ??
        page.iterate(name, limit - before, offset + before)
      const items: object[] = []
      for (const row of some) {
        items.push(toListed(row, sourcesOf(row)))
        if (now() >= deadline) return told(items, before + items.length)
      }
      return told(items)
    },
    indices: ({ dataset, after, who }: Of<'indices'>): HomeAnswer => {
      const { name } = rows.readableDataset(dataset, who)
      const some = later.all(name, after, indicesAtOnce)
      const items = some.map((row) => ({
        index: row.number,
        id: row.id,
        name: nameOf(row),
        messages: [],
        hierarchy_path: hierarchyOf(row),
      }))
      return told(items, some.length < indicesAtOnce ? null : (some.at(-1)?.number ?? null))
    },
    /** A list of whole traces; which is the next begins, once the time is over. */
    whole: ({ kind, dataset, after, isAnnotated, withIds, who }: Of<'full' | 'export'>): HomeAnswer => {
      const { name } = rows.readableDataset(dataset, who)
      const deadline = now() + budgetMs
      const items: object[] = []
      let last = after
      const some = later.all(name, after, tracesAtOnce)
      for (const row of some) {
        last = row.number ?? last
        const annotations = notesOf(row)
        if (!isAnnotated || annotations.length > 0) {
          const content = contents.toldOf(row)
          const line = () => ({ ...toLine(row, content, annotations), ...(withIds && { id: row.id }) })
          const of = { annotations, mostCharacters: mostTextCharacters }
          items.push(kind === 'full' ? toTrace(row, content, of) : line())
        }
        if (now() >= deadline) return told(items, last)
      }
      return told(items, some.length < tracesAtOnce ? null : last)
    },
  }
}

function wantedOf(list: DatasetList, text: string, who: Who): (row: Listed) => boolean {
  const part = text.toLowerCase()
  return (row) => {
    if (!mayReadDataset(who, row) || !row.name.toLowerCase().includes(part)) return false
    if (list.kind === 'of') return row.user === list.username
    if (list.kind === 'private') return row.user === who.user.id
    return list.kind === 'any' || row.is_public === 1
  }
}
