import { tokensIn, type Answer } from './answer.ts'
import { conversationOf, type Prompt } from './prompt.ts'
import { hashOf } from './random.ts'
import { tokensOf } from './text.ts'
import type { Data, Frame, Framing } from './frame.ts'
import type { Json, JsonObject } from './json.ts'
import type { Refusal } from './refusal.ts'

/** One question and its answers, ready to be written in any dialect. */
export type Turn = {
  readonly prompt: Prompt
  /** At least one. */
  readonly answers: readonly [Answer, ...Answer[]]
  /** The name that the reply carries. */
  readonly model: string
  readonly createdMs: number
  /** The same conversation has the same ids, streamed or not. */
  readonly seed: number
  /** The request, for dialects that repeat parts of it. */
  readonly body: JsonObject
  readonly usage: DemoUsage
}

export type DemoUsage = {
  readonly input: number
  readonly cached: number
  readonly output: number
  /** Part of the output. */
  readonly thinking: number
}

export type Reading =
  | { readonly kind: 'prompt'; readonly prompt: Prompt }
  | { readonly kind: 'refused'; readonly refusal: Refusal }

/** What the address says of a request; only Gemini puts the model and the verb there. */
export type Asking = { readonly model: string | null; readonly stream: boolean }

/** How a dialect reads and writes. Streamed and whole answers must add up to the same. */
export type Voice = {
  readonly read: (body: JsonObject, asking: Asking) => Reading
  readonly whole: (turn: Turn) => Data
  readonly frames: (turn: Turn) => Iterable<Frame>
  readonly refuse: (refusal: Refusal, seed: number) => Json
  readonly framing: Framing
  /** Where the id of an exchange stands; Google sends none. */
  readonly idHeader: 'x-request-id' | 'request-id' | null
}

export function refused(message: string, field: string): Reading {
  return { kind: 'refused', refusal: { kind: 'bad-request', message, field } }
}

export function toUsage(prompt: Prompt, answers: readonly Answer[]): DemoUsage {
  const tools = prompt.tools.length === 0 ? 0 : tokensOf(JSON.stringify(prompt.tools))
  const input = tokensOf(conversationOf(prompt)) + tools
  const sum = (count: (answer: Answer) => number) =>
    answers.reduce((total, answer) => total + count(answer), 0)
  return {
    input,
    cached: cachedOf(input),
    output: sum(tokensIn),
    thinking: sum((answer) => answer.thinking.tokens),
  }
}

/** Providers cache long prompts in steps of 128 tokens; here, the first half of them. */
function cachedOf(input: number): number {
  return input < 1024 ? 0 : Math.floor(input / 256) * 128
}

/** Unlike the answer's seed this one is not shared by the turns of a conversation that brings its own. */
export function turnSeed(prompt: Prompt, seed: number): number {
  return hashOf(`${prompt.model}\n${conversationOf(prompt)}`, seed)
}
