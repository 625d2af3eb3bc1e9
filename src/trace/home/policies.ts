import type { Database } from 'bun:sqlite'
import type { JsonObject } from '../../conversation/json.ts'
import { createIds } from '../../core/id.ts'
import { Fault } from '../../core/fault.ts'
import { type PolicyRow, readNewPolicy, readPolicy } from './policy.ts'
import type { Asking } from './push.ts'
import type { DatasetKey, DatasetRow, Rows } from './rows.ts'
import { wrong } from './said.ts'
import { toDataset } from './shape.ts'
import { isOverAll, may, type Who } from './who.ts'

/** The rules of projects. Who may push to one may not change its rules: an agent would switch off what holds it. */
export type ProjectPolicies = {
  readonly create: (dataset: string, body: JsonObject, asking: Asking) => object
  readonly change: (of: OnePolicy, body: JsonObject, asking: Asking) => object
  readonly remove: (of: OnePolicy, asking: Asking) => object
  /** With a project go its rules, so that whoever removes it must be allowed to remove them. */
  readonly demandRemovable: (key: DatasetKey, asking: Asking) => void
}

export type OnePolicy = { readonly dataset: string; readonly policy: string }

const mostPolicies = 200
/** In all projects together: they are in the main thread's memory and in that of each judge. */
const mostTogether = 10_000
const mostBytesTogether = 16 * 1024 * 1024

const insertPolicy = `INSERT INTO policy (id, dataset, place, name, content, action, enabled, metadata, updated_at)
  VALUES (?, ?, (SELECT coalesce(max(place) + 1, 0) FROM policy WHERE dataset = ?), ?, ?, ?, ?, ?, ?)`
const updatePolicy =
  'UPDATE policy SET name = ?, content = ?, action = ?, enabled = ?, metadata = ?, updated_at = ? WHERE id = ?'

export function createPolicies(database: Database, rows: Rows): ProjectPolicies {
  let now = 0
  const createId = createIds(() => now)
  const insert = database.prepare(insertPolicy)
  const update = database.prepare(updatePolicy)
  const remove = database.prepare('DELETE FROM policy WHERE id = ?')
  const find = database.prepare<PolicyRow, [string, string]>(
    'SELECT * FROM policy WHERE id = ? AND dataset = ?',
  )
  const all = createPoliciesOf(database)
  // The length of a text stands before it: none of them is read.
  const sum = database.prepare<{ count: number; bytes: number }, []>(
    'SELECT count(*) AS count, total(octet_length(content)) AS bytes FROM policy',
  )

  const demandRoom = (): void => {
    const { count = 0, bytes = 0 } = sum.get() ?? {}
    if (count > mostTogether) throw wrong(`All datasets together may have ${mostTogether} policies`)
    if (bytes > mostBytesTogether) throw wrong('The policies of all datasets together are too long')
  }
  const writable = (id: string, verb: string, { who }: Asking): DatasetRow => {
    const row = rows.present({ id })
    if (ownsRules(who, row)) return row
    throw new Fault('forbidden', `Not allowed to ${verb} policy for this dataset`)
  }
  const found = ({ dataset, policy }: OnePolicy): PolicyRow => {
    const row = find.get(policy, dataset)
    if (row === null) throw new Fault('not-found', 'Policy not found')
    return row
  }
  const show = createShowDataset(database, rows)

  return {
    create: (id, body, asking) => {
      const dataset = writable(id, 'create', asking)
      const { name, content, action, enabled, metadata } = readNewPolicy(body)
      if (all(id).length >= mostPolicies) throw wrong(`A dataset may have ${mostPolicies} policies`)
      now = asking.at
      const texts = [name, content, action] as const
      insert.run(createId(), id, id, ...texts, enabled ? 1 : 0, JSON.stringify(metadata), asking.at)
      demandRoom()
      return show(dataset.id, asking.who)
    },
    change: (of, body, asking) => {
      const dataset = writable(of.dataset, 'update', asking)
      const row = found(of)
      const { name, content, action, enabled, metadata } = readPolicy(body)
      const texts = [name ?? row.name, content ?? row.content, action ?? row.action] as const
      const state = [enabled === undefined ? row.enabled : enabled ? 1 : 0] as const
      const more = metadata === undefined ? row.metadata : JSON.stringify(metadata)
      update.run(...texts, ...state, more, asking.at, row.id)
      demandRoom()
      return show(dataset.id, asking.who)
    },
    remove: (of, asking) => {
      const dataset = writable(of.dataset, 'delete', asking)
      remove.run(found(of).id)
      return show(dataset.id, asking.who)
    },
    demandRemovable: (key, { who }) => {
      const row = rows.dataset(key)
      if (row === null || ownsRules(who, row) || all(row.id).length === 0) return
      throw new Fault('forbidden', 'This dataset has policies: to remove it takes the right admin')
    },
  }
}

export function createPoliciesOf(database: Database): (dataset: string) => readonly PolicyRow[] {
  const all = database.prepare<PolicyRow, [string]>('SELECT * FROM policy WHERE dataset = ? ORDER BY place')
  return (dataset) => all.all(dataset)
}

/** What those are told of a project who have made or changed it: the right to do so need not be that to read it. */
export function createShowDataset(database: Database, rows: Rows): (id: string, who: Who) => object {
  const policiesOf = createPoliciesOf(database)
  return (id, who) => toDataset(rows.present({ id }), who, policiesOf(id))
}

/** Admin of a project: whosever it is, if that holds for all projects, else of one's own. */
function ownsRules(who: Who, { user, name }: DatasetRow): boolean {
  return may(who, 'admin', name) && (user === who.user.id || isOverAll(who))
}
