import type { Bytes } from '../wire/body.ts'
import { addPart, createParts, type Parts } from '../wire/parts.ts'
import type { Splice } from '../wire/splice.ts'
import type { Ending } from './outcome.ts'
import type { Judged } from './judged.ts'
import type { Begin, End, Head, Report } from './report.ts'

/**
 * What the main thread gathers of one exchange until the worker takes it. Chunks are kept as they came, the same
 * memory the client gets, so nothing here may change or transfer them.
 */
export type Recording = {
  readonly id: string
  readonly startedAt: number
  /** Null until it is known where it goes; until then the worker is not told of it. */
  begin: Begin | null
  /** Whether the worker has been told that this exchange exists. */
  told: boolean
  /** Null while it runs. */
  end: End | null
  /** Whether the worker has been told that it is over. */
  endTold: boolean
  head: Head | null
  status: number | null
  attempts: number
  calledMs: number | null
  answeredMs: number | null
  firstByteMs: number | null
  /** Told whole and once, when all of it is here. */
  request: Parts
  requestBytes: number
  requestDone: boolean
  requestSplice: Splice | null
  /** What has come since the last report, and pairs of microseconds and bytes, one per read. */
  reply: Uint8Array[]
  reads: number[]
  replyGathered: number
  replyBytes: number
  sentBytes: number
  readonly insertions: Splice[]
  /** Null without rules. */
  judged: Judged | null
}

export type Bounds = { readonly mostRequestBytes: number; readonly mostReplyBytes: number }

export function createRecording(id: string, startedAt: number): Recording {
  return {
    id,
    startedAt,
    begin: null,
    told: false,
    end: null,
    endTold: false,
    head: null,
    status: null,
    attempts: 0,
    calledMs: null,
    answeredMs: null,
    firstByteMs: null,
    request: createParts(),
    requestBytes: 0,
    requestDone: false,
    requestSplice: null,
    reply: [],
    reads: [],
    replyGathered: 0,
    replyBytes: 0,
    sentBytes: 0,
    insertions: [],
    judged: null,
  }
}

/** A part of the request; past the bound all of it is counted and none kept. */
export function addRequest(recording: Recording, chunk: Bytes, bounds: Bounds): void {
  recording.requestBytes += chunk.byteLength
  if (recording.requestBytes > bounds.mostRequestBytes) recording.request = createParts()
  else addPart(recording.request, chunk)
}

/** A part of the answer; past the bound it is counted and not kept. */
export function addReply(recording: Recording, chunk: Uint8Array, now: number, bounds: Bounds): void {
  const elapsedMs = now - recording.startedAt
  recording.firstByteMs ??= elapsedMs
  recording.replyBytes += chunk.byteLength
  if (recording.replyBytes > bounds.mostReplyBytes) return
  recording.reply.push(chunk)
  recording.replyGathered += chunk.byteLength
  recording.reads.push(Math.round(elapsedMs * 1000), chunk.byteLength)
}

/** Our own bytes among the provider's, so that what went can be told from what came. */
export function addInsertion(recording: Recording, text: string): void {
  if (text !== '') recording.insertions.push({ at: recording.replyBytes, length: 0, with: text })
}

/** Bytes of the provider's that its client is not shown. */
export function addHidden(recording: Recording, at: number, length: number): void {
  recording.insertions.push({ at, length, with: '' })
}

/** The part of the answer that came last left as something else. */
export function addReplaced(recording: Recording, length: number, text: string): void {
  recording.insertions.push({ at: recording.replyBytes - length, length, with: text })
}

export function toEnd(recording: Recording, { outcome, detail, clientLeft }: Ending, now: number): End {
  const { status, attempts, calledMs, answeredMs, firstByteMs } = recording
  const { requestBytes, requestSplice, replyBytes, sentBytes, insertions, judged } = recording
  const timing = { calledMs, answeredMs, firstByteMs, endedMs: now - recording.startedAt }
  return {
    outcome,
    detail,
    status,
    timing,
    attempts,
    requestBytes,
    requestSplice,
    replyBytes,
    sentBytes,
    insertions,
    clientLeft,
    judged: judged ?? undefined,
  }
}

/** Takes what has gathered as a report and the chunks that belong to it; the recording starts anew. */
export function takeReport(recording: Recording): { report: Report; chunks: Uint8Array[] } {
  const { told, begin, end, endTold, head, reply, reads, replyGathered, judged } = recording
  const request: Uint8Array[] = recording.requestDone || end !== null ? recording.request.list : []
  if (request.length > 0) recording.request = createParts()
  recording.told = true
  // Thousands of streams wait at once: what has been told of them need not wait here too.
  if (end === null && begin !== null && begin.requestHeaders.length > 0)
    recording.begin = { ...begin, requestHeaders: [] }
  recording.head = null
  recording.reply = []
  recording.reads = []
  recording.replyGathered = 0
  let requestLength = 0
  for (const { byteLength } of request) requestLength += byteLength
  const report: Report = {
    id: recording.id,
    begin: told ? null : begin,
    secrets: told ? (begin?.secrets ?? []) : [],
    head,
    requestLength,
    replyLength: replyGathered,
    reads,
    end: endTold ? null : end,
    judged: endTold ? (judged ?? undefined) : undefined,
  }
  recording.endTold = end !== null
  return { report, chunks: request.concat(reply) }
}
