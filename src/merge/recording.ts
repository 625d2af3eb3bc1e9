import type { Begin, End, Head, Report, Splice } from './report.ts'

/**
 * What the main thread gathers of one exchange until the worker takes it. Chunks are kept as they came, the same
 * memory the client gets, so nothing here may change or transfer them.
 */
export type Recording = {
  readonly id: string
  readonly begin: Begin
  /** Whether the worker has been told that this exchange exists. */
  told: boolean
  /** Null while it runs. */
  end: End | null
  head: Head | null
  /** Told whole and once, when all of it is here. */
  request: Uint8Array[]
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
}

export type Bounds = { readonly mostRequestBytes: number; readonly mostReplyBytes: number }

export function createRecording(id: string, begin: Begin): Recording {
  return {
    id,
    begin,
    told: false,
    end: null,
    head: null,
    request: [],
    requestBytes: 0,
    requestDone: false,
    requestSplice: null,
    reply: [],
    reads: [],
    replyGathered: 0,
    replyBytes: 0,
    sentBytes: 0,
    insertions: [],
  }
}

/** A part of the request; past the bound all of it is counted and none kept. */
export function addRequest(recording: Recording, chunk: Uint8Array, bounds: Bounds): void {
  recording.requestBytes += chunk.byteLength
  if (recording.requestBytes > bounds.mostRequestBytes) recording.request = []
  else recording.request.push(chunk)
}

/** A part of the answer; past the bound it is counted and not kept. */
export function addReply(recording: Recording, chunk: Uint8Array, now: number, bounds: Bounds): void {
  recording.replyBytes += chunk.byteLength
  if (recording.replyBytes > bounds.mostReplyBytes) return
  recording.reply.push(chunk)
  recording.replyGathered += chunk.byteLength
  recording.reads.push(Math.round((now - recording.begin.startedAt) * 1000), chunk.byteLength)
}

/** Our own bytes among the provider's, so that what went can be told from what came. */
export function addInsertion(recording: Recording, text: string): void {
  recording.insertions.push({ at: recording.replyBytes, length: 0, with: text })
}

/** Takes what has gathered as a report and the chunks that belong to it; the recording starts anew. */
export function takeReport(recording: Recording): { report: Report; chunks: Uint8Array[] } {
  const { told, end, head, reply, reads, replyGathered } = recording
  const request = recording.requestDone || end !== null ? recording.request : []
  if (request.length > 0) recording.request = []
  recording.told = true
  recording.head = null
  recording.reply = []
  recording.reads = []
  recording.replyGathered = 0
  const requestLength = request.reduce((sum, chunk) => sum + chunk.byteLength, 0)
  const begin = told ? null : recording.begin
  const report = { id: recording.id, begin, head, requestLength, replyLength: replyGathered, reads, end }
  return { report, chunks: request.concat(reply) }
}
