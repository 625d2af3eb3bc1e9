import type { Database } from 'bun:sqlite'
import { isObject, type JsonObject } from '../../conversation/json.ts'
import { createIds, idAt } from '../../core/id.ts'
import { Fault } from '../../core/fault.ts'
import type { Removable } from '../remove.ts'
import { createShowDataset } from './policies.ts'
import { type Asking, demandPush, type Writing } from './push.ts'
import { mostQueryCharacters } from './query.ts'
import type { DatasetKey } from './rows.ts'
import { mostMetadataCharacters, readProjectName, wrong } from './said.ts'
import { createSavedOf } from './saved.ts'
import { createUpload, type Upload } from './upload.ts'
import { isOverAll, may } from './who.ts'

/** Projects made, shown to all or not, filled from a file, and taken away with all that is in them. */
export type Datasets = {
  readonly create: (body: JsonObject, asking: Asking) => object
  readonly change: (key: DatasetKey, body: JsonObject, asking: Asking) => object
  /** A slice of it; `null` while there is more to remove. */
  readonly remove: (key: DatasetKey, asking: Asking) => object | null
  readonly upload: Upload
  readonly saveQuery: (key: DatasetKey, body: JsonObject, asking: Asking) => null
  readonly removeQuery: (id: string, asking: Asking) => null
}

/** What a slice of removing takes: a few milliseconds of the thread that stores. */
const removedAtOnce = 64
const mostQueries = 200

type Query = { user: string; name: string }

export function createDatasets(
  database: Database,
  { rows, insert, remove }: Writing & { remove: (row: Removable) => void },
): Datasets {
  let now = 0
  const createId = createIds(() => now)
  const make = database.prepare(
    `INSERT INTO dataset (id, name, user, is_public, created_at, pushed_at, metadata, next)
     VALUES (?, ?, ?, ?, ?, NULL, ?, 0)`,
  )
  const publish = database.prepare('UPDATE dataset SET is_public = ? WHERE id = ?')
  const describe = database.prepare('UPDATE dataset SET metadata = ? WHERE id = ?')
  const first = database.prepare<{ seq: number }, [string]>(
    'SELECT seq FROM traces WHERE project = ? LIMIT 1',
  )
  const some = database.prepare<Removable, [string, string, number]>(
    `SELECT seq, id, request FROM traces LEFT JOIN payload USING (seq) WHERE project = ? AND id < ? LIMIT ?`,
  )
  const forget = database.prepare('DELETE FROM dataset WHERE id = ?')
  const forgetQueries = database.prepare('DELETE FROM saved_query WHERE dataset = ?')
  const keepQuery = database.prepare(
    'INSERT INTO saved_query (id, dataset, user, name, query) VALUES (?, ?, ?, ?, ?)',
  )
  const findQuery = database.prepare<Query, [string]>(
    'SELECT saved_query.user, dataset.name FROM saved_query JOIN dataset ON dataset.id = dataset WHERE saved_query.id = ?',
  )
  const dropQuery = database.prepare('DELETE FROM saved_query WHERE id = ?')
  const countQueries = database.prepare<{ count: number }, [string, string]>(
    'SELECT count(*) AS count FROM saved_query WHERE dataset = ? AND user = ?',
  )

  /** Of this user; a project of that name may be somebody else's, or have come with recorded exchanges. */
  const madeNow = (name: string, isPublic: boolean, { who, at }: Asking): string => {
    now = at
    const id = createId()
    const created = new Date(at).toISOString().slice(0, 19).replace('T', ' ')
    make.run(id, name, who.user.id, isPublic ? 1 : 0, at, JSON.stringify({ created_on: created }))
    return id
  }
  const present = (name: string) => rows.named(name)
  const savedOf = createSavedOf(database)
  const show = createShowDataset(database, rows)

  return {
    create: (body, asking) => {
      const name = readProjectName(body['name'])
      const { metadata = {}, is_public: isPublic = false } = body
      if (!isObject(metadata)) throw wrong('metadata must be a dictionary')
      if (JSON.stringify(metadata).length > mostMetadataCharacters) throw wrong('metadata is too long')
      if (typeof isPublic !== 'boolean') throw wrong('is_public must be a boolean')
      demandPush(asking.who, name, present(name))
      if (present(name) !== null) throw wrong('Dataset with the same name already exists')
      const id = madeNow(name, isPublic, asking)
      const row = rows.present({ id })
      describe.run(JSON.stringify({ ...metadata, ...JSON.parse(row.metadata) }), id)
      return show(id, asking.who)
    },
    change: (key, body, asking) => {
      const { id } = rows.writableDataset(key, asking.who)
      const { content } = body
      if (typeof content !== 'boolean') throw wrong('content must be true (public) or false (private)')
      publish.run(content ? 1 : 0, id)
      return { ...show(id, asking.who), ...savedOf(rows.present({ id }), asking.who.user.id) }
    },
    remove: (key, { who, at }) => {
      const { id, name } = rows.writableDataset(key, who)
      const found = some.all(name, idAt(at + 1), removedAtOnce)
      found.forEach(remove)
      if (found.length === removedAtOnce) return null
      // What came while it was being removed is a project of its own, under the old name.
      if (first.get(name) === null) {
        forgetQueries.run(id)
        forget.run(id)
      }
      return { message: 'deleted' }
    },
    upload: createUpload(database, { rows, insert, make: madeNow }),
    saveQuery: (key, body, { who, at }) => {
      const dataset = rows.readableDataset(key, who)
      if (!may(who, 'read', dataset.name)) throw new Fault('forbidden', 'Not allowed to save query')
      const { name, query } = body
      if (typeof name !== 'string' || name === '' || name.length > 200) throw wrong('name must be a text')
      if (typeof query !== 'string' || query.length > mostQueryCharacters) throw wrong('query must be a text')
      if ((countQueries.get(dataset.id, who.user.id)?.count ?? 0) >= mostQueries)
        throw wrong('There are too many saved queries')
      now = at
      keepQuery.run(createId(), dataset.id, who.user.id, name, query)
      return null
    },
    removeQuery: (id, { who }) => {
      const row = findQuery.get(id)
      if (row === null) throw new Fault('not-found', 'Query not found')
      if (!may(who, 'read', row.name) || (row.user !== who.user.id && !isOverAll(who))) {
        throw new Fault('forbidden', 'Not allowed to delete query')
      }
      dropQuery.run(id)
      return null
    },
  }
}
