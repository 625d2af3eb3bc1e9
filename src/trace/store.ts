import { Database } from 'bun:sqlite'
import { chmodSync, closeSync, existsSync, mkdirSync, openSync, renameSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Log } from '../core/log.ts'
import { migrations } from './migrations.ts'
import { type Trouble, troubleOf } from './trouble.ts'

/**
 * The file of traces, opened for its one writer or for a reader. Write-ahead log with `synchronous=NORMAL`: a
 * commit is with the system, so it survives the end of the process by any signal; only a durable store (FULL,
 * a sync for each commit) survives a power cut as well. Neither can corrupt the file.
 */
export type Store = { readonly database: Database; readonly path: string; readonly close: () => void }

export type Opened =
  | { readonly kind: 'open'; readonly store: Store; readonly movedAside: string | null }
  | { readonly kind: 'failed'; readonly trouble: Trouble }

export type StoreOptions = {
  readonly path: string
  readonly durable: boolean
  /** Read every page first, whatever the size: for a file that has shown itself corrupt. */
  readonly suspect?: boolean
  readonly log: Log
  readonly now: () => number
}

/** How long one statement waits for another process. Short: the inbox fills meanwhile. */
export const busyMs = 250
/** A file up to this size is read whole at the start (80 ms at most); of a larger one its first pages are. */
const mostCheckedBytes = 32 * 1024 * 1024
/** 1.6 MB of log before it is worked in: a small store stays small. At SQLite's own 1,000 pages it would be 4.1. */
const checkpointPages = 400
/** Where traces come by the dozen the store grows by that each second, and to work it in so often takes 3 µs of each. */
const busyCheckpointPages = 2000
const manyTraces = 32
/** After a long reader, the log file shrinks to this again. */
const journalBytes = 16 * 1024 * 1024

export function openStore(options: StoreOptions): Opened {
  const opened = openBeside(options)
  if (opened.kind === 'open' || opened.trouble.kind !== 'corrupt') return opened
  return openAnew(options, opened.trouble)
}

/** For a second writer, which leaves a corrupt file to the first: that one may have it open. */
export function openBeside(options: StoreOptions): Opened {
  try {
    mkdirSync(dirname(options.path), { recursive: true, mode: 0o700 })
    // Created by us first: SQLite would use the process's umask. Its log files take their mode from this one.
    closeSync(openSync(options.path, 'a', 0o600))
    chmodSync(options.path, 0o600)
    return openWriter(options)
  } catch (error) {
    return { kind: 'failed', trouble: troubleOf(error) }
  }
}

/** Another connection, which cannot write. Any number of them, in any thread, once the writer was there. */
export function openReader(path: string): Store {
  const database = new Database(path, { readonly: true })
  database.run(`PRAGMA busy_timeout = ${busyMs}`)
  return storeOf(database, path)
}

export type Visited =
  | { readonly kind: 'open'; readonly store: Store }
  | { readonly kind: 'missing' }
  | { readonly kind: 'failed'; readonly trouble: Trouble }

/** For a reader that knows of no writer: there may be no file, none of ours, or one without tables yet. */
export function visitStore(path: string): Visited {
  try {
    if (statSync(path, { throwIfNoEntry: false }) === undefined) return { kind: 'missing' }
    const store = openReader(path)
    const visited = visitedOf(store)
    if (visited.kind !== 'open') store.close()
    return visited
  } catch (error) {
    return { kind: 'failed', trouble: troubleOf(error) }
  }
}

function visitedOf(store: Store): Visited {
  const version = numberOf(store.database, 'user_version')
  if (version === 0) return { kind: 'missing' }
  return version > migrations.length ? { kind: 'failed', trouble: newer(version) } : { kind: 'open', store }
}

function openWriter(options: StoreOptions): Opened {
  const database = new Database(options.path, { readwrite: true, create: true })
  const failed = (trouble: Trouble): Opened => {
    database.close(true)
    return { kind: 'failed', trouble }
  }
  try {
    database.run(`PRAGMA busy_timeout = ${busyMs}`)
    database.run('PRAGMA auto_vacuum = INCREMENTAL')
    database.run('PRAGMA journal_mode = WAL')
    database.run(`PRAGMA synchronous = ${options.durable ? 'FULL' : 'NORMAL'}`)
    database.run(`PRAGMA journal_size_limit = ${journalBytes}`)
    database.run(`PRAGMA wal_autocheckpoint = ${checkpointPages}`)
    database.run('PRAGMA cache_size = -16384')
    database.run('PRAGMA temp_store = MEMORY')
    const trouble = damageIn(database, options.suspect === true) ?? migrate(database)
    if (trouble !== null) return failed(trouble)
    return { kind: 'open', store: storeOf(database, options.path), movedAside: null }
  } catch (error) {
    return failed(troubleOf(error))
  }
}

/** To be told how many traces come in one transaction: so much of a log gathers. */
export function createLogPace(database: Database): (traces: number) => void {
  let pages: number | null = null
  return (traces) => {
    const wanted = traces < manyTraces ? checkpointPages : busyCheckpointPages
    if (wanted !== pages) database.run(`PRAGMA wal_autocheckpoint = ${wanted}`)
    pages = wanted
  }
}

function storeOf(database: Database, path: string): Store {
  return { database, path, close: () => database.close(true) }
}

/** The corrupt file is kept for whoever wants to rescue something, under a name that says when. */
function openAnew(options: StoreOptions, trouble: Trouble): Opened {
  const { path, log } = options
  const aside = `${path}.corrupt-${new Date(options.now()).toISOString().replaceAll(/[:.]/g, '-')}`
  try {
    for (const end of ['', '-wal', '-shm']) {
      if (existsSync(path + end)) renameSync(path + end, aside + end)
    }
  } catch (error) {
    return { kind: 'failed', trouble: troubleOf(error) }
  }
  log('error', 'store-corrupt', { path, movedTo: aside, cause: trouble.message })
  const opened = openBeside(options)
  return opened.kind === 'open' ? { ...opened, movedAside: aside } : opened
}

function damageIn(database: Database, suspect: boolean): Trouble | null {
  const bytes = numberOf(database, 'page_count') * numberOf(database, 'page_size')
  if (!suspect && bytes > mostCheckedBytes) return null
  const found = database.query<{ quick_check: string }, []>('PRAGMA quick_check(1)').get()
  if (found?.quick_check === 'ok') return null
  return { kind: 'corrupt', message: found?.quick_check ?? 'The file cannot be read' }
}

function migrate(database: Database): Trouble | null {
  const version = numberOf(database, 'user_version')
  if (version > migrations.length) return newer(version)
  for (const [at, migration] of migrations.entries()) {
    if (at < version) continue
    database.transaction(() => {
      database.run(migration)
      database.run(`PRAGMA user_version = ${at + 1}`)
    })()
  }
  return null
}

function newer(version: number): Trouble {
  return { kind: 'newer', message: `Its schema is ${version}, this Weir knows ${migrations.length}` }
}

export function numberOf(database: Database, pragma: PragmaName): number {
  const row = database.query<Record<string, number>, []>(`PRAGMA ${pragma}`).get()
  return row?.[pragma] ?? 0
}

export type PragmaName = 'user_version' | 'page_count' | 'page_size' | 'freelist_count' | 'data_version'

/** Of the file: what its pages hold, without those that are free. */
export function usedBytes(database: Database): number {
  const pages = numberOf(database, 'page_count') - numberOf(database, 'freelist_count')
  return pages * numberOf(database, 'page_size')
}
