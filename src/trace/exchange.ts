import type { Log } from '../core/log.ts'
import type { Dialect, DialectName, Reply } from '../dialect/dialect.ts'
import type { Begin, Client, Head, Header } from '../merge/report.ts'
import { isMedia } from '../wire/media.ts'
import type { Accounts } from './account.ts'
import { type PartNote, askedIn } from './asked.ts'
import { clearRequest, type Withheld } from './compressed.ts'
import { hashOn, sha256Of, type Hash } from './digest.ts'
import { headerOf } from './header.ts'
import type { PushRules } from './push/entry.ts'
import type { History } from './session/history.ts'
import { readHistory } from './session/told.ts'
import { type Secrets, maskBytes, maskText, openSecretLength } from './secrets.ts'

/** What is known in memory of an exchange that has not ended: enough to finish it without reading it again. */
export type Exchange = {
  readonly id: string
  /** As it may be stored: without its secrets; with what its body says once that is here. */
  begin: Begin
  secrets: Secrets
  head: Head | null
  readonly request: RequestSide
  readonly reply: ReplySide
  /** Whether its row of `open` is there, and whether that row knows less than we do. */
  saved: boolean
  changed: boolean
}

type RequestSide = {
  /** Bytes that came, and how many of them are kept. */
  seen: number
  kept: number
  sha256: Uint8Array | null
  /** As it came, and as it is to be kept; both only until it is stored. */
  body: Buffer | null
  masked: Buffer | null
  /** What a form was made of; null for any other body. */
  parts: readonly PartNote[] | null
  /** What it tells of its conversation; null until its body is there. */
  history: History | null
  /** The stored list of its pieces. */
  manifest: Uint8Array | null
  /** Whether what is stored is what came: nothing hidden, nothing left out. */
  isTrue: boolean
  /** Why it is not stored as it came, compressed as it was. */
  withheld: Withheld | null
}

type ReplySide = {
  /** Over every byte that came; null once some did not come here. */
  hash: Hash
  seen: number
  kept: number
  /** Bytes at the end that may begin a secret: kept back until that is known. */
  heldBack: Buffer
  /** Parts stored, parts of the batch at hand, and whether they are what came. */
  parts: number
  recent: Buffer[]
  isTrue: boolean
}

export type Rebuild = {
  readonly feed: (bytes: Uint8Array) => void
  /** `torn`: the bytes are known to have stopped in the middle. */
  readonly finish: (stop?: 'torn') => Reply | null
}

export type CreateRebuild = (of: {
  dialect: Dialect | null
  status: number
  contentType: string
  contentEncoding: string
  mostBytes: number
}) => Rebuild

/** What the keeper was made with and every exchange needs. */
export type Means = {
  readonly createRebuild: CreateRebuild
  readonly dialects: Readonly<Record<DialectName, Dialect>>
  readonly mostRequestBytes: number
  readonly mostReplyBytes: number
  readonly accounts: Accounts
  readonly secretsOf: (secrets: readonly string[]) => Secrets
  readonly mostBinaryBytes: number
  /** The projects whose traces go out to another store. */
  readonly pushes: PushRules
  readonly log: Log
}

const nothing = Buffer.alloc(0)

export function createExchange(
  id: string,
  begin: Begin,
  { accounts, secretsOf }: Pick<Means, 'accounts' | 'secretsOf'>,
): Exchange {
  const secrets = secretsOf(begin.secrets)
  const client = labelled(begin, accounts)
  return {
    id,
    begin: { ...begin, client, secrets: [], path: maskText(begin.path, secrets) },
    secrets,
    head: null,
    request: {
      seen: 0,
      kept: 0,
      sha256: null,
      body: null,
      masked: null,
      parts: null,
      history: null,
      manifest: null,
      isTrue: true,
      withheld: null,
    },
    reply: {
      hash: 'nothing',
      seen: 0,
      kept: 0,
      heldBack: nothing,
      parts: 0,
      recent: [],
      isTrue: true,
    },
    saved: false,
    changed: true,
  }
}

function labelled({ client = null, secrets }: Begin, accounts: Accounts): Client {
  if (client === null || 'label' in client) return client
  const credential = secrets[client.secret]
  return credential === undefined ? null : { label: accounts.labelOf(credential) }
}

export function takeHead(exchange: Exchange, head: Head): void {
  exchange.head = head
  exchange.changed = true
}

export function takeRequest(exchange: Exchange, bytes: Buffer, means: Means): void {
  const { request, begin, secrets } = exchange
  const cleared = clearRequest(bytes, begin.requestHeaders, secrets)
  const masked = cleared.bytes.subarray(0, mostOf(begin.requestHeaders, means.mostRequestBytes, means))
  const isWhole = masked.length === cleared.bytes.length && cleared.withheld !== 'unreadable'
  const { model, stream, parts } = askedIn(bytes, begin)
  const name = model === null ? null : maskText(model, secrets)
  if (name !== begin.model || stream !== begin.stream) exchange.begin = { ...begin, model: name, stream }
  request.parts = parts
  request.seen = bytes.length
  request.kept = isWhole ? bytes.length : masked.length
  request.sha256 = sha256Of(bytes)
  request.body = bytes
  request.masked = masked
  request.history = readHistory(exchange.begin, request.masked, means)
  request.isTrue = isWhole && cleared.bytes === bytes
  request.withheld = cleared.withheld
  exchange.changed = true
}

/** The bytes to be stored now: most times those that came. With the last bytes nothing is held back. */
export function takeReply(exchange: Exchange, bytes: Buffer, isLast: boolean, means: Means): Buffer {
  const { reply, secrets } = exchange
  reply.seen += bytes.length
  // Of what was stored before there may be more parts, each of which is told as the last.
  reply.hash = hashOn(reply.hash, bytes, isLast && !exchange.saved ? 'all' : 'some')
  const most = mostOf(exchange.head?.headers ?? [], means.mostReplyBytes, means)
  const kept = bytes.subarray(0, Math.max(0, most - reply.kept))
  reply.kept += kept.length
  const joined = reply.heldBack.length === 0 ? kept : Buffer.concat([reply.heldBack, kept])
  const masked = maskBytes(joined, secrets)
  if (masked !== joined || kept.length < bytes.length) reply.isTrue = false
  const held = isLast ? 0 : openSecretLength(masked, secrets)
  // A copy: a view would hold the whole batch in memory.
  reply.heldBack = held === 0 ? nothing : Buffer.from(masked.subarray(masked.length - held))
  return masked.subarray(0, masked.length - held)
}

/** Of a body that nobody could read not much is kept: its hash and size tell what it was. */
function mostOf(headers: readonly Header[], most: number, { mostBinaryBytes }: Means): number {
  return isMedia(headerOf(headers, 'content-type')) ? Math.min(most, mostBinaryBytes) : most
}

/** Its bytes of this batch are stored: what was kept to store them can go. */
export function release(exchange: Exchange): void {
  exchange.request.body = null
  exchange.request.masked = null
  exchange.reply.recent = []
}

/** Its bytes of this batch will not be stored. All of them were seen, so the sums stay right. */
export function lose(exchange: Exchange): void {
  const { request, reply } = exchange
  if (request.body !== null) {
    request.kept = 0
    request.isTrue = false
  }
  for (const bytes of reply.recent) reply.kept -= bytes.length
  if (reply.recent.length > 0) reply.isTrue = false
  release(exchange)
}

/** Its bytes of this batch were not even looked at. */
export function loseUnseen(exchange: Exchange | undefined): void {
  if (exchange === undefined) return
  exchange.reply.hash = null
  exchange.reply.isTrue = false
}
