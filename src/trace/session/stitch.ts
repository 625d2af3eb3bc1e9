import type { Database } from 'bun:sqlite'
import type { TraceRow } from '../row.ts'
import type { History, Tips } from './history.ts'
import { type Link, packLinks } from './links.ts'
import { createRows, type Member, type Rows } from './rows.ts'
import { createWanted, type Wanted } from './wanted.ts'

/**
 * Which conversation an exchange belongs to. It goes on from the longest beginning that ended in an answer which was
 * given here: what merely begins alike (a greeting, the examples before each question of an evaluation) is not one
 * conversation. What the client calls its session joins whatever the content, and keeps apart what has another name.
 * docs/decisions/0012 has the reasons. All is written in the transaction of the trace itself.
 */
export type Told = { readonly history: History; readonly tips: Tips }

export type Place = {
  /** What the trace's own row says of it. */
  readonly row: Pick<TraceRow, 'session' | 'parent' | 'messages' | 'shared' | 'carried' | 'answers' | 'links'>
  readonly parent: Member | null
  /** By which hash the parent was found, if nobody had gone on from it yet. */
  readonly claims: string | null
  /** An exchange that ended before this one although it goes on from it. */
  readonly child: { readonly member: Member; readonly hash: string } | null
  readonly wants: string | null
  readonly links: readonly Link[]
}

type Written = TraceRow & { readonly session: string; readonly seq: number }

export type Stitch = {
  /** Only reads. */
  readonly find: (told: Told, row: TraceRow) => Place
  readonly join: (place: Place, told: Told, row: TraceRow, seq: number) => void
  readonly remove: (seq: number) => void
  readonly links: Pick<Rows['links'], 'recover' | 'write' | 'writeIfMany' | 'areWritten'>
}

/** Answers that are looked for, from the newest on. Who goes back further begins anew. */
const mostLooks = 512
/** So many one by one, for mostly it is the newest: 40 µs each among 100,000 traces. Then all the others at once, 1 µs each. */
const firstLooks = 2

export function createStitch(database: Database): Stitch {
  const rows = createRows(database)
  const wanted = createWanted(rows)
  return {
    find: (told, row) => find(told, row, rows, wanted),
    join: (place, told, row, seq) => {
      const { id, session } = row
      link(place, seq, rows)
      if (session !== null) join(place, told, { ...row, session, seq }, rows)
      if (place.wants !== null) wanted.add(place.wants, { id, seq })
    },
    remove: rows.remove,
    links: rows.links,
  }
}

type Found = { readonly parent: Member; readonly length: number; readonly claims: string | null }

function find({ history, tips }: Told, row: TraceRow, rows: Rows, wanted: Wanted): Place {
  const named = sessionNamed(history, rows)
  const candidate = findParent(history, named, rows)
  // What the client says wins: a trace of another session is not gone on from.
  const found = candidate !== null && isIn(candidate.parent, named) ? candidate : null
  const parent = found?.parent ?? null
  const waiting = wanted.find(tips.tips)
  const child = waiting !== null && isIn(waiting.member, named ?? parent?.session ?? null) ? waiting : null
  const isJoined = parent !== null || child !== null || history.keys.length > 0
  const known = named ?? parent?.session ?? child?.member.session ?? null
  const session = known ?? (isJoined ? (parent?.id ?? row.id) : null)
  const links = history.hashes.length === 0 ? [] : linksOf(history, tips)
  const counts = countsOf(history, found, session, rows)
  return {
    row: { session, parent: parent?.id ?? null, ...counts, answers: tips.answers, links: packLinks(links) },
    parent,
    claims: found?.claims ?? null,
    child,
    wants: wantedBy(history, found),
    links,
  }
}

function sessionNamed({ keys }: History, rows: Rows): string | null {
  for (const key of keys) {
    const session = rows.sessionOfKey(key)
    if (session !== null) return session
  }
  return null
}

function isIn({ session }: Member, named: string | null): boolean {
  return named === null || session === null || session === named
}

function findParent(history: History, named: string | null, rows: Rows): Found | null {
  const { hashes, isAnswer, begins } = history
  if (begins === 'in-session') {
    const newest = named === null ? null : rows.newestOf(named)
    return newest === null ? null : { parent: newest, length: 0, claims: null }
  }
  const first = isAnswer.indexOf(true)
  let looks = 0
  let known: ReadonlySet<string> | null = null
  for (let at = hashes.length - 1; first !== -1 && at >= first && looks < mostLooks; at--) {
    const hash = hashes[at]
    if (hash === undefined || isAnswer[at] !== true) continue
    if (looks++ === firstLooks) known = rows.links.known(hashes.slice(Math.max(first - 1, 0), at + 1))
    const before = at > first ? hashes[at - 1] : undefined
    if (known !== null && !known.has(hash) && (before === undefined || !known.has(before))) continue
    const free = rows.linked(hash, 'free')
    const ended = free ?? rows.linked(hash, 'taken')
    if (ended !== null) return { parent: ended, length: at + 1, claims: free === null ? null : hash }
    const asked = before === undefined ? null : rows.linked(before, 'asked')
    if (asked !== null) return { parent: asked, length: at, claims: null }
  }
  return null
}

function countsOf(history: History, found: Found | null, session: string | null, rows: Rows) {
  const { hashes, begins } = history
  // The first hash of these stands for an answer that the body does not hold.
  const own = begins === 'at-answer' ? hashes.length - 1 : hashes.length
  const carried = carriedBy(history, found)
  const messages = carried + own
  if (found === null) return { messages, shared: 0, carried }
  if (isAskedAgain(history, found, session, rows)) return { messages, shared: messages, carried }
  return { messages, shared: Math.max(carried, carried + found.length - (hashes.length - own)), carried }
}

/** Messages before those of the body: none, or all that its parent had, or as many as its parent had. */
function carriedBy({ begins }: History, found: Found | null): number {
  if (found === null || begins === 'here') return 0
  const { parent, length } = found
  const isWhole = begins === 'in-session' || length === 1
  return isWhole ? parent.messages + parent.answers : parent.carried
}

/** The same request once more: tried again, or several times at once. Only the first of them is new. */
function isAskedAgain({ hashes }: History, found: Found, session: string | null, rows: Rows): boolean {
  const last = hashes.at(-1)
  if (last === undefined || found.claims !== null) return false
  const twin = rows.linked(last, 'asked')
  return twin !== null && twin.session !== null && twin.session === session
}

function linksOf({ hashes, isAnswer }: History, { tips }: Tips): Link[] {
  const links: Link[] = tips.map((hash) => ({ hash, kind: 'free' }))
  const end = hashes.at(-1)
  if (end !== undefined && isAnswer.includes(true)) links.push({ hash: end, kind: 'asked' })
  return links
}

/** The newest answer in its history, if it was not given here so far. */
function wantedBy({ hashes, isAnswer, begins }: History, found: Found | null): string | null {
  const last = isAnswer.lastIndexOf(true)
  if (begins !== 'here' || last < (found?.length ?? 0)) return null
  return hashes[last] ?? null
}

function link({ parent, claims, links }: Place, seq: number, rows: Rows): void {
  rows.links.add(seq, links)
  if (parent !== null && claims !== null) rows.links.claim(claims, parent.seq)
}

function join({ parent, child }: Place, told: Told, written: Written, rows: Rows): void {
  const { session, seq } = written
  const { keys, key, title } = told.history
  const facts = { id: session, key, title }
  if (parent !== null && parent.session === null) {
    rows.place({ ...parent, session })
    rows.enter(facts, parent)
  }
  rows.enter(facts, written)
  for (const hash of keys) rows.addKey(hash, session)
  if (child === null) return
  rows.links.claim(child.hash, seq)
  adopt(child.member, written, session, rows)
}

/** What ended before it has its place behind it, if it has none yet. */
function adopt(child: Member, written: Written, session: string, rows: Rows): void {
  if (child.session !== null) return rows.place({ ...child, parent: child.parent ?? written.id })
  const shared = Math.min(child.messages, written.messages + written.answers)
  const placed = { ...child, session, parent: written.id, shared }
  rows.place(placed)
  rows.enter({ id: session, key: null, title: null }, placed)
}
