import { causeOf, type Log } from '../../core/log.ts'
import type { Dialect, DialectName, Reply } from '../../dialect/dialect.ts'
import type { Conversation } from '../../conversation/conversation.ts'
import { readJson } from '../../conversation/json.ts'
import type { Begin } from '../../merge/report.ts'
import { plainOf } from '../plain.ts'
import type { Trace } from '../read.ts'
import { type History, historyOf, type Tips, tipsOf } from './history.ts'
import type { Told } from './stitch.ts'

/**
 * From the bytes of a request and the body of an answer to what stitching has to know. Bodies that are too large, or
 * that a dialect cannot read, leave what the headers say.
 */
export type Reading = {
  readonly dialects: Readonly<Record<DialectName, Dialect>>
  readonly log: Log
}

/** Parsing takes 4 ms a MB, and the one thread that stores must not stand still: larger ones join by their keys. */
const mostBytes = 16 * 1024 * 1024

type Of = Pick<Begin, 'project' | 'dialect' | 'requestHeaders'>

export function readHistory(of: Of, body: Uint8Array | null, reading: Reading): History {
  return historyOf(of.project, of.requestHeaders, conversationIn(of, body, reading))
}

export function readTips(
  history: History,
  dialect: DialectName | null,
  reply: Pick<Reply, 'body' | 'argumentTexts'> | null,
  { dialects, log }: Reading,
): Tips {
  if (dialect === null || reply === null || reply.body === null || history.hashes.length === 0) {
    return tipsOf(history, null)
  }
  const { body, argumentTexts } = reply
  const { readAnswer, goesOnById = false } = dialects[dialect]
  const answer = guarded('answer', log, () => readAnswer(body, argumentTexts))
  // An id that nobody asks for would be a row of the store all the same.
  return tipsOf(history, answer === null || goesOnById ? answer : { ...answer, id: null })
}

/** The same of a trace that is stored. */
export function readStored(trace: Trace, reading: Reading): Told {
  const { dialect, project, requestHeaders, request, reply, kept } = trace
  const isRead = dialect !== null && kept.request <= mostBytes
  const conversation = isRead
    ? guarded('request', reading.log, () => reading.dialects[dialect].readRequest(request))
    : null
  const history = historyOf(project, requestHeaders, conversation)
  return { history, tips: readTips(history, dialect, { body: reply }, reading) }
}

function conversationIn(of: Of, body: Uint8Array | null, { dialects, log }: Reading): Conversation | null {
  const { dialect } = of
  if (dialect === null || body === null || body.length > mostBytes) return null
  const plain = plainOf(body, of.requestHeaders, mostBytes)
  const json = plain === null ? undefined : readJson(decoder.decode(plain))
  if (json === undefined) return null
  return guarded('request', log, () => dialects[dialect].readRequest(json))
}

const decoder = new TextDecoder()

/** A reader that throws is a bug of ours; the trace is kept all the same, in no session. */
function guarded<Value>(what: string, log: Log, read: () => Value): Value | null {
  try {
    return read()
  } catch (error) {
    log('error', 'conversation-unread', { what, cause: causeOf(error) })
    return null
  }
}
