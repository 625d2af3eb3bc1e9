import type { Answer, Conversation, Part } from '../conversation/conversation.ts'
import { createInvariant, type InvariantMessage } from '../conversation/invariant.ts'
import type { Source } from '../conversation/invariant-source.ts'
import { isObject, type JsonObject } from '../conversation/json.ts'
import type { Dialect, Reply } from '../dialect/dialect.ts'
import type { Path } from './hear/heard.ts'
import { textsIn } from './mask/edit.ts'

/**
 * An answer in the light of what was asked, as rules read it. Behind its messages stands what rules have no member for,
 * as messages of their own, so that nothing the client is told is hidden from them: thinking, one by one, and in a last
 * one what no dialect knows (events of an unknown type, fields beside the text).
 */
export type Reading = {
  readonly messages: readonly unknown[]
  readonly sources: readonly Source[]
  /** Where the answer begins. */
  readonly from: number
  /** Which message, and what in it, the messages behind the answer say. */
  readonly origins: Origins
}

export type Origins = ReadonlyMap<number, { readonly message: number; readonly path: Path }>

type Call = Extract<Part, { kind: 'call' }>

export type Reader = {
  /** Calls that are open are left out: rules would judge a beginning of what they allow. */
  readonly read: (reply: Reply, isOpen: (call: Call) => boolean) => Reading
  /** What an event says that is not in the reply. */
  readonly hear: (type: string, told: unknown) => void
}

export function createReader(dialect: Dialect, request: Conversation | null): Reader {
  const { asked, withAnswer } = createInvariant(request ?? { messages: [] })
  // By where it was told: what comes in pieces comes in the same place of events of the same type.
  const unheard = new Map<string, string>()
  return {
    read: (reply, isOpen) => {
      const answer = dialect.readAnswer(reply.body, reply.argumentTexts)
      const { messages: told, sources } = withAnswer(withoutCalls(answer, isOpen))
      const beside = [...unheard.values(), ...besidesOf(answer), ...foreignTexts(answer, reply.body)].filter(
        (text) => text !== '',
      )
      const from = asked.messages.length
      const messages: unknown[] = [...told]
      const origins = addThinking(messages, told, from)
      const content = beside.map((text) => ({ type: 'other', text }))
      if (content.length > 0) messages.push({ role: 'assistant', content })
      return { messages, sources, from, origins }
    },
    hear: (type, told) => {
      for (const { path, value } of textsIn(told)) {
        const key = path.at(-1)
        if (typeof key === 'string' && names.has(key)) continue
        const place = `${type} ${path.join('/')}`
        unheard.set(place, (unheard.get(place) ?? '') + value)
      }
    },
  }
}

function withoutCalls(answer: Answer, isOpen: (call: Call) => boolean): Answer {
  const isLeft = (part: Part): boolean => part.kind !== 'call' || !isOpen(part)
  if (answer.choices.every(({ message }) => message.parts.every(isLeft))) return answer
  const choices = answer.choices.map(({ message, ...choice }) => ({
    ...choice,
    message: { ...message, parts: message.parts.filter(isLeft) },
  }))
  return { ...answer, choices }
}

function addThinking(messages: unknown[], told: readonly InvariantMessage[], from: number): Origins {
  const origins = new Map<number, { message: number; path: Path }>()
  for (let message = from; message < told.length; message++) {
    for (const [at, { thinking }] of (told[message]?.thinking_blocks ?? []).entries()) {
      if (thinking === '') continue
      origins.set(messages.length, { message, path: ['thinking_blocks', at, 'thinking'] })
      messages.push({ role: 'assistant', content: thinking })
    }
  }
  return origins
}

/** What says which thing is meant, and nothing of it. */
const names: ReadonlySet<string> = new Set([
  'type',
  'id',
  'object',
  'model',
  'item_id',
  'call_id',
  'role',
  'obfuscation',
])

function besidesOf({ choices }: Answer): string[] {
  return choices.flatMap(({ message: { extra, parts } }) => {
    const beside = textsOf(extra)
    // Providers tell one thinking in two fields, of which one is read.
    const isRead = (text: string) => parts.some((part) => part.kind === 'thinking' && part.text === text)
    return beside.length === 0 ? beside : beside.filter((text) => !isRead(text))
  })
}

/** Of a body that is no answer of the dialect: all that it says. */
function foreignTexts({ choices }: Answer, body: unknown): string[] {
  if (choices.length > 0) return []
  return textsIn(body)
    .filter(({ path }) => !names.has(String(path.at(-1))))
    .map(({ value }) => value)
}

function textsOf(fields: JsonObject): string[] {
  return Object.keys(fields).flatMap((key) => {
    const value = fields[key]
    if (isObject(value)) return textsOf(value)
    return typeof value === 'string' && !names.has(key) && !marks.has(key) ? [value] : []
  })
}

const marks: ReadonlySet<string> = new Set(['status', 'phase', 'name', 'encrypted_content', 'signature'])
