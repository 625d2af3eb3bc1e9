import type { Reply } from '../dialect/dialect.ts'
import type { Header } from '../merge/report.ts'
import type { Splice } from '../wire/splice.ts'
import type { PartNote } from './asked.ts'
import type { Withheld } from './compressed.ts'
import { packReads, packSections, unpackReads, unpackSections } from './pack.ts'

/**
 * The payload of a trace as one blob: one row to write and one frame to compress, which also finds what the
 * rebuilt answer shares with its raw bytes. A part of a running answer is the same with less in it.
 */
export type Data = {
  readonly facts: Facts
  /** The request, if it is small; otherwise it is in pieces. */
  readonly request: Buffer
  /** The answer's bytes that are in no part of their own, with their reads. */
  readonly reply: Buffer
  readonly reads: readonly number[]
  /** The rebuilt answer as JSON; empty where the bytes are the answer already. */
  readonly rebuilt: Buffer
}

export type Facts = {
  readonly requestHeaders: readonly Header[]
  readonly replyHeaders: readonly Header[] | null
  /** What the rebuilt answer says beside its body; null without a dialect that reads it. */
  readonly answer: Omit<Reply, 'body' | 'usage'> | null
  /** What a form was made of; absent for any other request. */
  readonly requestParts?: readonly PartNote[] | undefined
  readonly requestSplice: Splice | null
  readonly insertions: readonly Splice[]
  /** Why a body is not stored as it came; absent where it is. */
  readonly requestWithheld?: Withheld | undefined
  readonly replyWithheld?: Withheld | undefined
}

export type Part = { readonly reply: Buffer; readonly reads: readonly number[] }

const nothing = new Uint8Array(0)

/** Texts come as JSON: the caller has hidden the secrets in them. */
export function packData(of: {
  facts: string
  request: Uint8Array | null
  part: Part
  rebuilt: string
}): Uint8Array {
  return packSections([
    Buffer.from(of.facts),
    of.request ?? nothing,
    of.part.reply,
    packReads(of.part.reads),
    of.rebuilt === '' ? nothing : Buffer.from(of.rebuilt),
  ])
}

export function unpackData(stored: Uint8Array): Data {
  const [facts = none, request = none, reply = none, reads = none, rebuilt = none] = unpackSections(stored)
  return { facts: JSON.parse(facts.toString()), request, reply, reads: unpackReads(reads), rebuilt }
}

export function packPart(part: Part): Uint8Array {
  return packSections([part.reply, packReads(part.reads)])
}

export function unpackPart(stored: Uint8Array): Part {
  const [reply = none, reads = none] = unpackSections(stored)
  return { reply, reads: unpackReads(reads) }
}

const none = Buffer.alloc(0)
