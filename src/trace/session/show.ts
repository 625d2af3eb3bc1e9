import type { Answer, Message } from '../../conversation/conversation.ts'
import type { Dialect, DialectName } from '../../dialect/dialect.ts'
import type { Reader } from '../read.ts'
import type { Store } from '../store.ts'
import { type SessionFilter, type SessionHead, type SessionPage, createSessionList } from './list.ts'
import { createThreads, type Thread } from './threads.ts'

/**
 * One session to be read: its messages once, in threads. Of a conversation in a straight line only its last exchange is
 * read, whose request tells all that came before; every branch costs one more.
 */
export type SessionView = SessionHead & {
  /** The longest first, then in the order they began in. */
  readonly threads: readonly Thread[]
  /** All its exchanges, oldest first; of very many the newest. */
  readonly exchanges: readonly Exchange[]
  /** Ends of branches that were not read, because it would have taken too long. */
  readonly unread: readonly string[]
}

export type Exchange = { readonly id: string; readonly parent: string | null; readonly messages: number }

export type Sessions = {
  readonly sessions: (filter: SessionFilter) => SessionPage
  readonly session: (id: string) => SessionView | null
}

type Row = {
  readonly id: string
  readonly seq: number
  readonly parent: string | null
  readonly messages: number
  readonly shared: number
  readonly carried: number
  readonly answers: number
}

export type ShowOptions = {
  readonly reader: Pick<Reader, 'get'>
  readonly dialects: Readonly<Record<DialectName, Dialect>>
  readonly now: () => number
}

const mostExchanges = 20_000
/** 30 ms for 2 MB of history: enough for a dozen branches of that size, or hundreds of small ones. */
const budgetMs = 500

export function createSessions({ database }: Store, options: ShowOptions): Sessions {
  const list = createSessionList(database)
  const members = database.prepare<Row, [string, number]>(
    `SELECT id, seq, parent, messages, shared, carried, answers FROM traces
     WHERE session = ? ORDER BY id DESC LIMIT ?`,
  )
  return {
    sessions: list.sessions,
    session: (id) => {
      const head = list.head(id)
      if (head === null) return null
      const rows = members.all(id, mostExchanges).reverse()
      const exchanges = rows.map(({ id, parent, messages }) => ({ id, parent, messages }))
      return { ...head, exchanges, ...read(rows, options) }
    },
  }
}

function read(rows: readonly Row[], options: ShowOptions): Pick<SessionView, 'threads' | 'unread'> {
  const byId = new Map(rows.map((row) => [row.id, row]))
  const { add, threads } = createThreads()
  const unread: string[] = []
  const deadline = options.now() + budgetMs
  for (const [at, row] of endsOf(rows, byId).entries()) {
    if (at > 0 && options.now() >= deadline) {
      unread.push(row.id)
      continue
    }
    add({ messages: historyOf(row, byId, options), traceAt: ownersOf(row, byId) })
  }
  return { threads: threads(), unread }
}

/** Exchanges that no other has all of, the one with the longest history first. */
function endsOf(rows: readonly Row[], byId: ReadonlyMap<string, Row>): Row[] {
  const gone = new Set<string>()
  for (const { parent, shared } of rows) {
    const before = parent === null ? undefined : byId.get(parent)
    if (before !== undefined && shared >= before.messages + before.answers) gone.add(before.id)
  }
  const ends = rows.filter((row) => row.messages > 0 && !gone.has(row.id))
  const first = ends.reduce<Row | undefined>(
    (longest, row) => (longest === undefined || row.messages >= longest.messages ? row : longest),
    undefined,
  )
  return first === undefined ? [] : [first, ...ends.filter((row) => row !== first)]
}

/** With what its body leaves out, and with its answer. */
function historyOf(row: Row, byId: ReadonlyMap<string, Row>, options: ShowOptions): Message[] {
  const path = [row]
  for (let at = row; at.carried > 0 && at.parent !== null;) {
    const before = byId.get(at.parent)
    if (before === undefined || path.length > mostCarried) break
    path.unshift(before)
    at = before
  }
  return path.flatMap(({ id }) => messagesOf(id, options))
}

/** Exchanges that one request may stand on without telling their messages again. */
const mostCarried = 1000

function messagesOf(id: string, { reader, dialects }: ShowOptions): Message[] {
  const trace = reader.get(id)
  if (trace === null || trace.dialect === null) return []
  const dialect = dialects[trace.dialect]
  const { messages } = dialect.readRequest(trace.request)
  const answer = trace.reply === null ? null : dialect.readAnswer(trace.reply)
  return [...messages, ...saidIn(answer)]
}

/** The first choice: the others stand in the trace, and in the branches that went on from them. */
function saidIn(answer: Answer | null): Message[] {
  const message = answer?.choices[0]?.message
  return message === undefined || message.parts.length === 0 ? [] : [message]
}

/** Which exchange told the message at a place first: the one furthest back that has so many. */
function ownersOf(end: Row, byId: ReadonlyMap<string, Row>): (at: number) => string {
  const owners: string[] = []
  let owner = end
  for (let at = end.messages + end.answers - 1; at >= 0; at--) {
    while (at < owner.shared && owner.parent !== null) {
      const before = byId.get(owner.parent)
      // One that was asked again shares with its twin what their parent does not have.
      if (before === undefined || at >= before.messages + before.answers) break
      owner = before
    }
    owners[at] = owner.id
  }
  return (at) => owners[at] ?? end.id
}
