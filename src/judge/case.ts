import type { Conversation } from '../conversation/conversation.ts'
import { toInvariant, type Invariant } from '../conversation/invariant.ts'
import { readJson } from '../conversation/json.ts'
import { foreignBody } from '../conversation/part.ts'
import type { DialectName } from '../dialect/dialect.ts'
import { dialects } from '../dialect/index.ts'
import { readTrace, type Trace } from '../guard/trace/read.ts'
import { inflateWhole } from '../wire/inflate.ts'
import { isMedia } from '../wire/media.ts'
import type { AnswerJudge, Order } from './answer.ts'
import type { Question } from './messages.ts'

/** One exchange in the thread that judges: what was asked, read once for all rules. */
export type Case = {
  readonly question: Question
  readonly orders: CompiledOrders
  readonly asked: Asked
  /** From the first bytes of the answer on. */
  answer: AnswerJudge | null
  readonly abort: AbortController
}

/** Of a list, by what each judges and when. */
export type CompiledOrders = {
  /** Their verdict on the request is waited for. */
  readonly ruling: readonly Order[]
  /** Nobody waits for these: at once, and when the exchange is over. */
  readonly flagging: readonly Order[]
  readonly logging: readonly Order[]
  readonly answer: readonly Order[]
  /** Why they cannot be applied; null if they can. */
  readonly fault: OrdersFault | null
}

export type OrdersFault = {
  readonly order: Pick<Order, 'name' | 'action' | 'mode'>
  /** Whether the request brought them. */
  readonly isClients: boolean
  readonly onError: Order['onError']
  readonly message: string
}

export type Asked =
  | {
      readonly kind: 'read'
      readonly text: string
      readonly conversation: Conversation
      readonly told: Invariant
      readonly trace: Trace
    }
  /** A body that says nothing in words, or none at all. */
  | { readonly kind: 'silent' }
  | { readonly kind: 'unreadable'; readonly why: string }

/** What a compressed request may swell to. */
const mostInflatedBytes = 256 << 20
const lenient = new TextDecoder()

export function readAsked(
  { dialect, near, encoding, contentType }: Question,
  bytes: Uint8Array | null,
): Asked {
  if (bytes === null || bytes.length === 0) return { kind: 'silent' }
  const isPlain = encoding === '' || encoding === 'identity'
  const plain = isPlain ? bytes : inflateWhole(bytes, encoding, mostInflatedBytes)
  if (plain === null)
    return { kind: 'unreadable', why: `its body is not in "${encoding.slice(0, 50)}", as it says` }
  if (isMedia(contentType) && !isWords(plain)) return { kind: 'silent' }
  const text = lenient.decode(plain)
  const body = readJson(text)
  const conversation = conversationIn(text, body, dialect ?? near)
  const told = toInvariant(conversation)
  const read = readTrace(told.messages)
  if (read.kind === 'refused') return { kind: 'unreadable', why: read.message }
  return { kind: 'read', text, conversation, told, trace: read.trace }
}

/** A tool as servers of MCP list it. */
export type McpTool = {
  readonly name: string
  readonly description: string | null
  readonly inputSchema: unknown
}

/** What the model may call. */
export function toolsOf(asked: Asked): readonly McpTool[] {
  if (asked.kind !== 'read') return []
  return asked.conversation.tools.map(({ name, description, parameters }) => {
    return { name, description, inputSchema: parameters }
  })
}

/** A form, a text, or a body in which nobody speaks: rules read it as it is. */
function conversationIn(text: string, body: unknown, dialect: DialectName): Conversation {
  if (body === undefined) return foreignBody(text)
  const read = dialects[dialect].readRequest(body)
  return read.messages.length > 0 ? read : { ...read, messages: foreignBody(body).messages }
}

/** Whatever a content type says: JSON is read as JSON, and a small form as text. */
function isWords(bytes: Uint8Array): boolean {
  const start = lenient.decode(bytes.subarray(0, 64)).trimStart()
  return /^[{[]/.test(start) || (start.startsWith('--') && bytes.length <= mostFormBytes)
}

/** Larger ones are uploads of sound or pictures. */
const mostFormBytes = 1 << 20

/** What was asked in words, for whoever judges the answer in its light. */
export function conversationOf({ asked }: Case): Conversation | null {
  return asked.kind === 'read' ? asked.conversation : null
}
