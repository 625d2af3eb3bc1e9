import type { Answer, Conversation, Message, Part, ToolCall, ToolResult } from './conversation.ts'
import { toChunks } from './invariant-chunks.ts'
import type { Chunk, Spoken } from './invariant-chunks.ts'
import { createLinks } from './invariant-links.ts'
import type { Links } from './invariant-links.ts'
import type { Form, Source } from './invariant-source.ts'
import { isObject } from './json.ts'
import type { JsonObject } from './json.ts'
import { readPartialJson } from './partial-json.ts'

/**
 * A conversation as Invariant's rules and tools read it: OpenAI's chat messages with arguments as objects and results
 * as messages of their own, in the order they were said, the same for streamed and whole answers. What that form has
 * no place for stands in fields and chunks that it allows and ignores (`thinking_blocks`, `is_error`, chunks of other
 * types), so that nothing is hidden from a rule.
 */
export type Invariant = {
  readonly messages: readonly InvariantMessage[]
  /** Where each of the messages, and what is in it, stands in the bodies. */
  readonly sources: readonly Source[]
}

export type InvariantMessage = {
  readonly role: Message['role']
  readonly content: string | null | JsonObject | readonly Chunk[]
  /** Absent if there are none: null would stand for all calls there are. */
  readonly tool_calls?: readonly InvariantCall[]
  /** Of results only; null if no call is known to which it belongs. */
  readonly tool_call_id?: string | null
  readonly tool_name?: string
  readonly is_error?: true
  readonly thinking_blocks?: readonly { type: 'thinking'; thinking: string; signature: string | null }[]
  /** Of further choices only, from 1: they are no later turns. */
  readonly choice?: number
}

export type InvariantCall = {
  readonly id: string
  readonly type: 'function'
  readonly function: { readonly name: string; readonly arguments: JsonObject }
}

export function toInvariant(conversation: Conversation, answer?: Answer): Invariant {
  const { asked, withAnswer } = createInvariant(conversation)
  return answer === undefined ? asked : withAnswer(answer)
}

/** For an answer that is read again and again as it grows: what was asked is read once. */
export function createInvariant({ messages }: Pick<Conversation, 'messages'>): {
  readonly asked: Invariant
  readonly withAnswer: (answer: Answer) => Invariant
} {
  const links = createLinks()
  const asked: Reading = { messages: [], sources: [], links }
  for (const message of messages) add(asked, message, 'request', 0)
  return {
    asked,
    withAnswer: ({ choices }) => {
      const whole = { messages: [...asked.messages], sources: [...asked.sources], links: links.fork() }
      for (const [choice, { message }] of choices.entries()) add(whole, message, 'reply', choice)
      return whole
    },
  }
}

type Reading = {
  readonly messages: InvariantMessage[]
  readonly sources: Source[]
  readonly links: Links
}

function add({ messages, sources, links }: Reading, message: Message, body: Source['body'], choice: number) {
  for (const run of runsOf(message.parts)) {
    const paths = new Map<string, Form>()
    const told = isResult(run) ? toResult(run, links, paths) : toSpoken(message, run, links, paths)
    messages.push(choice === 0 ? told : { ...told, choice })
    sources.push({ body, at: isResult(run) ? run.at : message.at, paths })
  }
}

/** As how many of its messages one is told. */
export function lengthOf(message: Message): number {
  return runsOf(message.parts).length
}

type Result = Extract<Part, { kind: 'result' }>
type Run = readonly Exclude<Part, { kind: 'result' }>[] | Result

function isResult(run: Run): run is Result {
  return 'kind' in run
}

/** A result is a message of its own, between what was said before it and after it. */
function runsOf(parts: readonly Part[]): Run[] {
  const runs: Run[] = []
  let run: Exclude<Part, { kind: 'result' }>[] = []
  for (const part of parts) {
    if (part.kind !== 'result') {
      run.push(part)
      continue
    }
    if (run.length > 0) runs.push(run)
    runs.push(part)
    run = []
  }
  // What says nothing is a message all the same.
  if (run.length > 0 || runs.length === 0) runs.push(run)
  return runs
}

type Paths = Map<string, Form>

function toSpoken(
  message: Message,
  run: readonly Exclude<Part, { kind: 'result' }>[],
  links: Links,
  paths: Paths,
): InvariantMessage {
  const { role } = message
  const spoken = run.filter((part) => part.kind !== 'call' && part.kind !== 'thinking').flatMap(toChunks)
  const calls = run.filter((part) => part.kind === 'call')
  const thinking = run.filter((part) => part.kind === 'thinking')
  for (const [index, { at, text }] of thinking.entries()) {
    // Thinking that only the provider can read has no text to stand anywhere.
    paths.set(`thinking_blocks.${index}.thinking`, { at, is: text === '' ? 'whole' : 'text' })
  }
  return {
    role,
    content: toContent(spoken, message.isPlain || role === 'assistant', paths),
    // A tool's message that is no result of a call: the engine wants the field all the same.
    ...(role === 'tool' && { tool_call_id: null }),
    ...(calls.length > 0 && {
      tool_calls: calls.map((call, index) => toCall({ call, index, links, paths })),
    }),
    ...(thinking.length > 0 && {
      thinking_blocks: thinking.map(({ text, signature }) => ({
        type: 'thinking',
        thinking: text,
        signature,
      })),
    }),
  }
}

/** What a model says in one text is that text; what others send as a list stays one. */
function toContent(spoken: readonly Spoken[], isPlain: boolean, paths: Paths): string | null | Chunk[] {
  const [first] = spoken
  if (first === undefined) return null
  if (isPlain && spoken.length === 1 && first.chunk.type === 'text' && 'text' in first.chunk) {
    paths.set('content', first.form)
    return first.chunk.text
  }
  for (const [index, { chunk, form }] of spoken.entries()) {
    paths.set(`content.${index}${'image_url' in chunk ? '' : '.text'}`, form)
  }
  return spoken.map(({ chunk }) => chunk)
}

type CallOf = {
  readonly call: ToolCall & { readonly at: string }
  readonly index: number
  readonly links: Links
  readonly paths: Paths
}

function toCall({ call, index, links, paths }: CallOf): InvariantCall {
  const path = `tool_calls.${index}`
  const { isFreeform, argumentsAt, argumentsText, arguments: value } = call
  paths.set(path, { at: call.at, is: 'whole' })
  // A call that was given no text need not even have the field for it.
  if (isFreeform && argumentsText === '')
    paths.set(`${path}.function.arguments.input`, { at: call.at, is: 'whole' })
  else if (isFreeform) paths.set(`${path}.function.arguments.input`, { at: argumentsAt, is: 'text' })
  else paths.set(`${path}.function.arguments`, { at: argumentsAt, is: isObject(value) ? 'json' : 'whole' })
  return {
    id: links.idOfCall(call),
    type: 'function',
    function: { name: call.name, arguments: argumentsOf(call) },
  }
}

/** Always an object, also of what was cut, which is then as much of it as can be read. */
function argumentsOf({ isFreeform, argumentsText, arguments: value }: ToolCall): JsonObject {
  if (isFreeform) return { input: argumentsText }
  if (isObject(value)) return value
  if (value !== undefined && value !== null) return { input: value }
  const partial = readPartialJson(argumentsText)
  if (isObject(partial)) return partial
  return /^\s*(?:null\s*)?$/.test(argumentsText) ? {} : { input: argumentsText }
}

function toResult(result: ToolResult, links: Links, paths: Paths): InvariantMessage {
  const { name, isError } = result
  return {
    role: 'tool',
    content: toResultContent(result, paths),
    tool_call_id: links.idOfResult(result),
    ...(name !== null && { tool_name: name }),
    ...(isError && { is_error: true }),
  }
}

function toResultContent({ parts, isPlain }: ToolResult, paths: Paths): InvariantMessage['content'] {
  const [only] = parts
  if (parts.length === 1 && only?.kind === 'other' && isObject(only.original)) {
    paths.set('content', { at: only.at, is: 'json' })
    return only.original
  }
  return toContent(parts.flatMap(toChunks), isPlain, paths) ?? ''
}
