import { conversationOf, type Prompt } from './prompt.ts'
import { hashOf } from './random.ts'
import type { Model } from './model.ts'
import type { Refusal } from './refusal.ts'

/**
 * What a scenario does to one call. Most do the same on every call. s01 and s03 fail the first time that a key
 * asks something, answer when it asks again within a minute, and have then forgotten it: each new call shows the
 * failure once, however many run at a time. s15 goes by the clock alone.
 */
export type Behaviour =
  | { readonly kind: 'answer'; readonly interruption: Interruption | null; readonly silenceMs: number }
  | { readonly kind: 'refuse'; readonly refusal: Refusal }
  | { readonly kind: 'reset' }
  | { readonly kind: 'silence' }

/** What happens to a body once so many events, or tokens, have gone out. */
export type Interruption = {
  readonly kind: 'cut' | 'stall' | 'garble' | 'no-end'
  readonly after: number
  readonly unit: 'events' | 'tokens'
}

export type Asked = { readonly model: Model; readonly prompt: Prompt; readonly key: string }
export type Misbehave = (asked: Asked) => Behaviour

export const substitute = 'demo-substitute'
export const stallMs = 30_000
const silenceMs = 20_000
const memoryMs = 60_000
const maxMemories = 10_000
/** Told to wait 2 s, a client may be a little early by its own clock. */
const retryAfterSeconds = 2
const earliestRetryMs = 1_800

type Fine = Extract<Behaviour, { kind: 'answer' }>

const fine: Fine = { kind: 'answer', interruption: null, silenceMs: 0 }

export function createMisbehave(now: () => number): Misbehave {
  const failures = createFailures(now)
  return (asked) => {
    const { model, prompt } = asked
    switch (model.scenario) {
      case 's01':
        return failures.isOver(asked, earliestRetryMs) ? fine : refuse(tooMany)
      case 's02':
        return refuse(tooMany)
      case 's03':
        return failures.isOver(asked, 0) ? fine : refuse(broken)
      case 's04':
        return refuse(overloaded)
      case 's05':
        return { kind: 'reset' }
      case 's06':
        return { kind: 'silence' }
      case 's07':
        return { ...fine, silenceMs }
      case 's08':
        return interrupted('cut', 40, model)
      case 's09':
        return interrupted('stall', 20, model)
      case 's10':
        return interrupted('garble', 10, model)
      case 's11':
        return interrupted('no-end', 0, model)
      case 's12':
        return refuse(tooLong)
      case 's14':
        return prompt.messages.at(-1)?.role === 'assistant' ? refuse(prefilled) : fine
      case 's15':
        return isDown(now(), model.knob ?? 5) ? refuse(overloaded) : fine
      case 's13':
      case 's16':
      case null:
        return model.pace === 'slow' ? { ...fine, silenceMs } : fine
    }
  }
}

type Failures = {
  /** Whether this has failed, at least so long ago; then it is forgotten. If it has not failed, it now has. */
  readonly isOver: (asked: Asked, leastMs: number) => boolean
}

function createFailures(now: () => number): Failures {
  const failedAt = new Map<string, number>()
  return {
    isOver: (asked, leastMs) => {
      const id = `${asked.model.name} ${hashOf(asked.key)} ${hashOf(conversationOf(asked.prompt))}`
      const since = now() - (failedAt.get(id) ?? -Infinity)
      if (since < leastMs) return false
      failedAt.delete(id)
      if (since < memoryMs) return true
      const oldest = failedAt.keys().next().value
      if (failedAt.size >= maxMemories && oldest !== undefined) failedAt.delete(oldest)
      failedAt.set(id, now())
      return false
    },
  }
}

/** The number in the model's name counts events on the wire; without one the scenario counts tokens. */
function interrupted(kind: Interruption['kind'], tokens: number, { knob }: Model): Fine {
  const unit = knob === null ? 'tokens' : 'events'
  return { ...fine, interruption: { kind, after: knob ?? tokens, unit } }
}

function isDown(time: number, seconds: number): boolean {
  return Math.floor(time / (Math.max(seconds, 1) * 1000)) % 2 === 0
}

function refuse(refusal: Refusal): Behaviour {
  return { kind: 'refuse', refusal }
}

const tooMany: Refusal = {
  kind: 'rate-limited',
  message: `Rate limit reached for the demo provider. Please try again in ${retryAfterSeconds}s.`,
  retryAfterSeconds,
}

const broken: Refusal = {
  kind: 'server-error',
  message: 'The demo provider had an error while processing your request, as it was asked to.',
}

const overloaded: Refusal = {
  kind: 'overloaded',
  message: 'The demo provider is currently overloaded, as it was asked to be. Please try again later.',
}

const tooLong: Refusal = { kind: 'context-length', message: '' }

const prefilled: Refusal = {
  kind: 'bad-request',
  message:
    'This model does not support assistant message prefill. The conversation must end with a user message.',
  field: 'messages',
}
