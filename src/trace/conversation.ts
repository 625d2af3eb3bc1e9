import type { Answer, Choice, Conversation } from '../conversation/conversation.ts'
import { isObject } from '../conversation/json.ts'
import { dialects } from '../dialect/index.ts'
import type { Body } from './body.ts'
import { headerOf } from './header.ts'
import type { Trace } from './read.ts'
import { referenceLines } from './reference.ts'

/** A trace in the neutral form, made when it is read: what was asked, and behind it what was answered. */
export type TraceConversation = Conversation & {
  /** The messages from this one on were answered, one for each choice, and their pointers lead into the reply. */
  readonly replyFrom: number
  /** How each of those ended. */
  readonly ends: readonly Pick<Choice, 'finish' | 'finishReason'>[]
}

/** Larger ones are told as bodies only: told as both they take twice the time to hand to the main thread. */
export const mostConversationBytes = 4 * 1024 * 1024

/** What compression takes off a conversation, roughly; it is not worth inflating a body twice to know. */
const mostlyFolded = 8

export type Said = Pick<
  Trace,
  'origin' | 'dialect' | 'model' | 'request' | 'requestHeaders' | 'reply' | 'answer' | 'kept'
>

/** Null if the exchange is of no dialect, was not told as JSON, or is too large. */
export function conversationOf(said: Said, mostBytes = mostConversationBytes): TraceConversation | null {
  const { model, request, reply, answer } = said
  // What was pushed is in Invariant's form, which is that of OpenAI's messages.
  const dialect = said.origin === 'recorded' ? said.dialect : 'openai-chat'
  if (dialect === null || sizeOf(said) > mostBytes || !isTold(request)) return null
  const { readRequest, readAnswer } = dialects[dialect]
  const asked = readRequest(request)
  const { choices }: Pick<Answer, 'choices'> = isTold(reply)
    ? readAnswer(reply, answer?.argumentTexts)
    : { choices: [] }
  return {
    ...asked,
    // Gemini's requests name it in their path.
    model: asked.model ?? model,
    messages: [...asked.messages, ...choices.map(({ message }) => message)],
    replyFrom: asked.messages.length,
    ends: choices.map(({ finish, finishReason }) => ({ finish, finishReason })),
  }
}

function sizeOf({ requestHeaders, kept }: Said): number {
  const coding = headerOf(requestHeaders, 'content-encoding')
  const isPlain = coding === '' || coding === 'identity'
  return kept.request * (isPlain ? 1 : mostlyFolded) + kept.reply
}

function isTold(body: Body): boolean {
  return isObject(body) && referenceLines(body, String) === null
}
