import type { Database } from 'bun:sqlite'
import { isObject, type JsonObject, ownAt, put } from '../../conversation/json.ts'
import { Fault } from '../../core/fault.ts'
import type { Asking } from './push.ts'
import type { DatasetRow, Rows } from './rows.ts'
import { mostMetadataCharacters, without, wrong } from './said.ts'

/** What is told of a project as a whole: some keys may be written, all others are Weir's own. */
export type ChangeMetadata = (name: string, body: JsonObject, asking: Asking) => JsonObject

const testKeys = ['num_tests', 'num_passed'] as const

/** Each reads its value, or throws what is wrong with it. */
const writable: Readonly<Record<string, (value: unknown) => unknown>> = {
  'invariant.test_results': readTestResults,
  benchmark: (value) => readText(value, 'benchmark'),
  name: (value) => readText(value, 'name'),
  accuracy: readAccuracy,
  policies: () => {
    throw wrong('policies cannot be updated via the /metadata API')
  },
  analysis_report: (value) => {
    if (typeof value === 'string') return value
    throw wrong('analysis_report must be of type str')
  },
}

export function createChangeMetadata(database: Database, rows: Rows): ChangeMetadata {
  const describe = database.prepare('UPDATE dataset SET metadata = ? WHERE id = ?')
  return (name, body, { who }) => {
    const named = rows.named(name)
    if (named === null) throw new Fault('not-found', 'Dataset not found')
    const row = rows.writableDataset({ id: named.id }, who)
    const { metadata: told = {}, replace_all: isAll = false } = body
    if (!isObject(told)) throw wrong('metadata must be a dictionary')
    if (typeof isAll !== 'boolean') throw wrong('replace_all must be a boolean')
    const unknown = Object.keys(told).find((key) => !Object.hasOwn(writable, key))
    if (unknown !== undefined) {
      throw wrong(`metadata must only contain the keys ${Object.keys(writable).join(', ')}`)
    }
    const changed = changedBy(JSON.parse(row.metadata), told, isAll ? 'all' : 'given')
    const text = JSON.stringify(changed)
    if (text.length > mostMetadataCharacters) throw wrong('metadata is too long')
    describe.run(text, row.id)
    return without(changed, ['policies'])
  }
}

/** Null, and with `all` what is not told at all, is taken away; a key is only ever replaced whole. */
function changedBy(before: JsonObject, told: JsonObject, which: 'all' | 'given'): JsonObject {
  const changed =
    which === 'all'
      ? without(
          before,
          Object.keys(writable).filter((key) => key !== 'policies'),
        )
      : { ...before }
  for (const [key, read] of Object.entries(writable)) {
    const value = ownAt(told, key)
    if (value !== undefined && value !== null) put(changed, key, read(value))
  }
  return changed
}

export function metadataOfDataset({ metadata }: DatasetRow): JsonObject {
  return without(JSON.parse(metadata), ['policies'])
}

function readText(value: unknown, key: string): string {
  if (typeof value !== 'string') throw wrong(`${key} must be of type str`)
  if (value !== '') return value
  throw wrong(`${key} must be a non-empty string`)
}

function readAccuracy(value: unknown): number {
  if (typeof value !== 'number') throw wrong('accuracy must be of type int, float')
  if (value >= 0 && value < Infinity) return value
  throw wrong('accuracy must be a non-negative number')
}

function readTestResults(value: unknown): JsonObject {
  if (!isObject(value)) throw wrong('invariant.test_results must be a dictionary if provided')
  const results: JsonObject = {}
  for (const key of testKeys) {
    const count = ownAt(value, key)
    if (count === undefined || count === null) continue
    if (!Number.isInteger(count)) throw wrong(`invariant.test_results.${key} must be of type int`)
    results[key] = count
  }
  if (testKeys.some((key) => Object.hasOwn(value, key))) return results
  throw wrong('invariant.test_results must not be empty if provided')
}
