import type { End } from '../merge/report.ts'
import { digestOf, type Sum, sha256Of, sumSpliced } from './digest.ts'
import type { Exchange } from './exchange.ts'

/** Length and hash of what came and of what went, both ways: of the true bytes, and only of all of them. */
export type Sums = {
  readonly requestReceived: Sum
  readonly requestSent: Sum
  readonly replyReceived: Sum
  readonly replySent: Sum
}

/** Bytes stored earlier, for the rare sums that need them again; null if they cannot be had. */
export type Earlier = { readonly request: () => Uint8Array | null; readonly parts: () => Uint8Array[] | null }

const nothing: Sum = { bytes: 0, sha256: sha256Of('') }

export function sumsOf(exchange: Exchange, end: End, last: Buffer, earlier: Earlier): Sums {
  const { request, reply } = exchange
  const requestSum = end.requestBytes === 0 ? sha256Of('') : request.sha256
  const sawRequest = requestSum !== null && request.seen === end.requestBytes
  const requestReceived: Sum = { bytes: end.requestBytes, sha256: sawRequest ? requestSum : null }
  const sawReply = reply.hash !== null && reply.seen === end.replyBytes
  const replyReceived: Sum = { bytes: end.replyBytes, sha256: sawReply ? digestOf(reply.hash) : null }

  const requestBytes = () => {
    if (request.body !== null) return [request.body]
    const stored = request.isTrue && sawRequest ? earlier.request() : null
    return stored === null ? null : [stored]
  }
  const replyBytes = () => {
    const parts = reply.isTrue && sawReply ? earlier.parts() : null
    return parts === null ? null : [...parts, ...reply.recent, last]
  }
  const splice = end.requestSplice
  const requestSent = () =>
    splice === null ? requestReceived : sumSpliced(requestBytes(), end.requestBytes, [splice])
  const sentAll = end.sentBytes === end.replyBytes && end.insertions.length === 0
  return {
    requestReceived,
    requestSent: end.attempts === 0 ? nothing : requestSent(),
    replyReceived,
    replySent: sentAll ? replyReceived : sumSpliced(replyBytes(), end.sentBytes, end.insertions),
  }
}
