import type { Database } from 'bun:sqlite'
import type { TraceRow } from '../row.ts'
import { bytesOf, createLinks, kindOf, linkedBy, type LinkKind } from './links.ts'

/** The tables of sessions: their statements, and what their rows are. All are called within a transaction. */

/** A trace as sessions count it. */
export type Member = Pick<TraceRow, (typeof fields)[number]> & { readonly seq: number }

const fields = [
  'id',
  'project',
  'session',
  'parent',
  'messages',
  'shared',
  'carried',
  'answers',
  'started_at',
  'ended_ms',
  'usage_input',
  'usage_cached_input',
  'usage_cache_write',
  'usage_output',
  'usage_reasoning',
] as const satisfies readonly (keyof TraceRow)[]

export type SessionFacts = { readonly id: string; readonly key: string | null; readonly title: string | null }

const member = `SELECT seq, ${fields.join(', ')} FROM`

const sums = ['input', 'cached_input', 'cache_write', 'output', 'reasoning'].map((kind) => `usage_${kind}`)

/** A sum stays unknown until something is known of it. */
const enterSession = `INSERT INTO session
  (id, project, key, title, title_messages, started_at, ended_at, last, traces, messages, ${sums.join(', ')})
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (id) DO UPDATE SET
    key = coalesce(key, excluded.key),
    title = iif(excluded.title IS NOT NULL AND (title IS NULL OR excluded.title_messages > title_messages),
      excluded.title, title),
    title_messages = max(title_messages, excluded.title_messages),
    started_at = min(started_at, excluded.started_at), ended_at = max(ended_at, excluded.ended_at),
    last = max(last, excluded.last), traces = traces + 1, messages = messages + excluded.messages,
    ${sums.map((sum) => `${sum} = coalesce(${sum} + excluded.${sum}, ${sum}, excluded.${sum})`).join(', ')}`

const leaveSession = `UPDATE session SET traces = traces - 1, messages = messages - ?,
  ${sums.map((sum) => `${sum} = ${sum} - coalesce(?, 0)`).join(', ')} WHERE id = ?`

export function createRows(database: Database) {
  const links = createLinks(database)
  const find = database.prepare<Member, [number]>(`${member} traces WHERE seq = ?`)
  const newest = database.prepare<Member, [string]>(
    `${member} traces WHERE session = ? AND messages > 0 ORDER BY id DESC LIMIT 1`,
  )
  const linked = database.prepare<Member, [Uint8Array, number]>(
    `${member} ${linkedBy} JOIN traces ON seq = trace ORDER BY trace DESC LIMIT 1`,
  )
  const enter = database.prepare(enterSession)
  const leave = database.prepare(leaveSession)
  const removeSession = database.prepare('DELETE FROM session WHERE id = ? AND traces <= 0')
  const removeKeys = database.prepare('DELETE FROM session_key WHERE session = ?')
  const place = database.prepare('UPDATE traces SET session = ?, parent = ?, shared = ? WHERE seq = ?')
  const byKey = database.prepare<{ session: string }, [Uint8Array]>(
    'SELECT session FROM session_key WHERE hash = ?',
  )
  const insertKey = database.prepare('INSERT OR IGNORE INTO session_key (hash, session) VALUES (?, ?)')

  return {
    member: (seq: number): Member | null => find.get(seq),
    newestOf: (session: string): Member | null => newest.get(session),
    /** The newest trace that can be found so. */
    linked: (hash: string, kind: LinkKind): Member | null => linked.get(bytesOf(hash), kindOf(kind)),
    links,
    sessionOfKey: (hash: string): string | null => byKey.get(bytesOf(hash))?.session ?? null,
    addKey: (hash: string, session: string): void => void insertKey.run(bytesOf(hash), session),
    place: ({ session, parent, shared, seq }: Member): void => void place.run(session, parent, shared, seq),
    enter: ({ id, key, title }: SessionFacts, of: Member): void => {
      const endedAt = of.started_at + (of.ended_ms ?? 0)
      const titled = title === null ? 0 : of.messages
      const facts = [id, of.project, key, title, titled, of.started_at, endedAt, of.seq, freshOf(of)]
      enter.run(...facts, ...usageOf(of))
    },
    /** With a trace goes what it is found by, and with the last of a session the session. */
    remove: (seq: number): void => {
      links.removeOf(seq)
      const of = find.get(seq)
      if (of === null || of.session === null) return
      leave.run(freshOf(of), ...usageOf(of), of.session)
      if (removeSession.run(of.session).changes > 0) removeKeys.run(of.session)
    },
  }
}

export type Rows = ReturnType<typeof createRows>

/** Messages that nobody has told before it. */
function freshOf({ messages, shared, answers }: Member): number {
  return Math.max(0, messages - shared) + answers
}

function usageOf(of: Member): (number | null)[] {
  return [of.usage_input, of.usage_cached_input, of.usage_cache_write, of.usage_output, of.usage_reasoning]
}
