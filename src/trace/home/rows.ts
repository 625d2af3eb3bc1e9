import type { Database } from 'bun:sqlite'
import { Fault } from '../../core/fault.ts'
import type { Outcome } from '../../merge/report.ts'
import type { Origin } from '../trace.ts'
import { isOverAll, may, type Who } from './who.ts'

/** Traces and projects as this part reads them, and who may. */
export type HomeRow = {
  readonly seq: number
  readonly id: string
  readonly origin: Origin
  readonly number: number | null
  readonly project: string
  readonly started_at: number
  readonly provider: string | null
  readonly model: string | null
  readonly outcome: Outcome
  readonly status: number | null
  /** What rules said of it. */
  readonly verdict: string | null
  readonly session: string | null
  readonly usage_input: number | null
  readonly usage_output: number | null
  /** Told from outside; null for a trace of which nobody has told anything. */
  readonly user: string | null
  readonly name: string | null
  readonly hierarchy: string | null
  readonly metadata: string | null
  readonly changed_at: number | null
  readonly is_shared: number | null
  /** Of its project; null for a snippet. */
  readonly dataset: string | null
  readonly owner: string | null
  readonly is_public: number | null
}

export type DatasetRow = {
  readonly id: string
  readonly name: string
  readonly user: string
  readonly is_public: number
  readonly created_at: number
  readonly pushed_at: number | null
  readonly metadata: string
  readonly next: number
}

/** A project by its id, or by its owner's name and its own. */
export type DatasetKey = { readonly id: string } | { readonly username: string; readonly name: string }

export const homeColumns = `t.seq, t.id, t.origin, t.number, t.project, t.started_at, t.provider, t.model, t.outcome,
  t.status, t.verdict, t.session, t.usage_input, t.usage_output, told.user, told.name, told.hierarchy, told.metadata,
  told.changed_at, told.is_shared, dataset.id AS dataset, dataset.user AS owner, dataset.is_public`

export const homeTablesJoined = `traces AS t LEFT JOIN told USING (seq) LEFT JOIN dataset ON dataset.name = t.project`

export type Rows = {
  /** By its id here, or the one it had where it was exported; throws if it is not there or not for them. */
  readonly readable: (id: string, who: Who) => HomeRow
  readonly writable: (id: string, who: Who) => HomeRow
  /** What may be remarked about: one's own, and of what one may read all that one's key reaches. */
  readonly remarkable: (id: string, who: Who) => HomeRow
  /** The id of the trace that somebody told of under this mark before. */
  readonly known: (mark: Uint8Array) => string | null
  readonly dataset: (key: DatasetKey) => DatasetRow | null
  /** For whom that has been decided already. */
  readonly present: (key: DatasetKey) => DatasetRow
  /** Whosever it is: a project's name is given once. */
  readonly named: (name: string) => DatasetRow | null
  readonly readableDataset: (key: DatasetKey, who: Who) => DatasetRow
  readonly writableDataset: (key: DatasetKey, who: Who) => DatasetRow
}

// Of how many traces that were brought in under one id their owner is looked at.
const mostOfOneId = 100

export function createRows(database: Database): Rows {
  const select = `SELECT ${homeColumns} FROM ${homeTablesJoined}`
  const byId = database.prepare<HomeRow, [string]>(`${select} WHERE t.id = ?`)
  const byForeign = database.prepare<HomeRow, [string]>(
    `${select} WHERE t.seq IN (SELECT seq FROM told WHERE foreign_id = ?) ORDER BY t.seq DESC LIMIT ${mostOfOneId}`,
  )
  const byMark = database.prepare<{ id: string }, [Uint8Array]>(
    'SELECT id FROM told JOIN traces USING (seq) WHERE known = ?',
  )
  const datasetById = database.prepare<DatasetRow, [string]>('SELECT * FROM dataset WHERE id = ?')
  const datasetByName = database.prepare<DatasetRow, [string, string]>(
    'SELECT * FROM dataset WHERE name = ? AND user = ?',
  )
  const datasetNamed = database.prepare<DatasetRow, [string]>('SELECT * FROM dataset WHERE name = ?')
  /** Whoever uploads a trace says which id it had: it leads nobody else to it who has one of that id. */
  const find = (id: string, who: Who): HomeRow => {
    const here = byId.get(id)
    const told = here === null ? byForeign.all(id) : []
    const row =
      here ?? told.find(({ user, owner }) => user === who.user.id || owner === who.user.id) ?? told[0]
    if (row === undefined) throw new Fault('not-found', 'Trace not found')
    return row
  }
  const dataset = (key: DatasetKey) =>
    'id' in key ? datasetById.get(key.id) : datasetByName.get(key.name, key.username)
  const findDataset = (key: DatasetKey): DatasetRow => {
    const row = dataset(key)
    if (row === null) throw new Fault('not-found', 'Dataset not found')
    return row
  }
  return {
    readable: (id, who) => allow(find(id, who), (row) => mayReadTrace(who, row)),
    writable: (id, who) => allow(find(id, who), (row) => ownsTrace(who, row, 'push')),
    remarkable: (id, who) => {
      const row = allow(find(id, who), (row) => mayReadTrace(who, row) || ownsTrace(who, row, 'push'))
      if (may(who, 'push', row.project)) return row
      throw new Fault('forbidden', 'This key may not annotate')
    },
    known: (mark) => byMark.get(mark)?.id ?? null,
    dataset,
    present: findDataset,
    named: (name) => datasetNamed.get(name),
    readableDataset: (key, who) => allow(findDataset(key), (row) => mayReadDataset(who, row)),
    writableDataset: (key, who) => allow(findDataset(key), (row) => owns(who, row.user, row.name, 'push')),
  }
}

/** Invariant's own word and status for what belongs to somebody else. */
function allow<Row>(row: Row, isAllowed: (row: Row) => boolean): Row {
  if (isAllowed(row)) return row
  throw new Fault('unauthorized', 'Unauthorized get')
}

export function mayReadDataset(
  who: Who,
  { user, name, is_public }: Pick<DatasetRow, 'user' | 'name' | 'is_public'>,
): boolean {
  return is_public === 1 || owns(who, user, name, 'read')
}

/** Whoever may change them may do more besides: this is for those who only look. */
export function mayReadRules(who: Who, { user, name }: Pick<DatasetRow, 'user' | 'name'>): boolean {
  const mayAsk = may(who, 'read', name) || may(who, 'gateway', name)
  return mayAsk && (user === who.user.id || isOverAll(who))
}

function mayReadTrace(who: Who, row: HomeRow): boolean {
  return row.is_public === 1 || row.is_shared === 1 || ownsTrace(who, row, 'read')
}

/** A trace is whose push it was, and whose project it is in. */
function ownsTrace(who: Who, { user, owner, project }: HomeRow, right: 'read' | 'push'): boolean {
  return owns(who, user ?? owner, project, right) || owns(who, owner, project, right)
}

function owns(who: Who, owner: string | null, project: string, right: 'read' | 'push'): boolean {
  return may(who, right, project) && (owner === who.user.id || isOverAll(who))
}
