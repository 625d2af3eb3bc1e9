import type { Broken, Fault } from '../core/fault.ts'
import type { Dialect, DialectName } from './dialect.ts'
import { dialects } from './index.ts'

/**
 * Each dialect as Invariant's gateway spoke it: what a rule forbids is told in its words and shapes, which its clients
 * know; all else as everywhere. Gemini's within a stream is framed, as it was at first and as Google's SDKs read it.
 */
export type Form = 'whole' | 'event'

export const likeInvariant: Readonly<Record<DialectName, Dialect>> = {
  'openai-chat': refusing(dialects['openai-chat']),
  // It never had it: nobody knows it otherwise.
  'openai-responses': dialects['openai-responses'],
  anthropic: refusing(dialects.anthropic),
  gemini: refusing(dialects.gemini),
}

/** What `broken` sounds like: a body, or what is sent as the last event. Null where Invariant had nothing like it. */
export function refuseLikeInvariant(dialect: DialectName, broken: Broken, form: Form): unknown {
  const text = `[Invariant] The ${locations[broken.part]} did not pass the guardrails`
  const details = { errors: broken.errors }
  switch (dialect) {
    case 'openai-chat':
      return form === 'whole' ? { error: text, details } : { error: { message: text, details } }
    case 'openai-responses':
      return null
    case 'anthropic':
      return { error: { message: text, details } }
    case 'gemini':
      return form === 'whole' ? wholeGemini(text, details) : eventGemini(text, details)
  }
}

const locations = { request: 'request', answer: 'response' } as const

function refusing(dialect: Dialect): Dialect {
  const { name, refuse, refuseEvent } = dialect
  return {
    ...dialect,
    refuse: (fault, trace) => told(name, fault, 'whole') ?? refuse(fault, trace),
    refuseEvent: (fault, trace) => {
      const body = told(name, fault, 'event')
      return body === null ? refuseEvent(fault, trace) : framed(name, JSON.stringify(body))
    },
  }
}

function told(name: DialectName, { broken }: Fault, form: Form): unknown {
  return broken === undefined ? null : refuseLikeInvariant(name, broken, form)
}

function framed(name: DialectName, data: string): string {
  if (name === 'gemini') return `data: ${data}\r\n\r\n`
  return `${name === 'anthropic' ? 'event: error\n' : ''}data: ${data}\n\n`
}

type Details = Pick<Broken, 'errors'>

function errorOf(text: string, details: Details): object {
  return { code: 400, message: text, details, status: 'INVARIANT_GUARDRAILS_VIOLATION' }
}

const category = 'HARM_CATEGORY_UNSPECIFIED'

function wholeGemini(text: string, details: Details): object {
  const safetyRatings = [{ category, probability: 0, blocked: true }]
  return { error: errorOf(text, details), prompt_feedback: { blockReason: 'SAFETY', safetyRatings } }
}

function eventGemini(text: string, details: Details): object {
  return {
    candidates: [{ content: { parts: [{ text }] } }],
    error: errorOf(text, details),
    promptFeedback: {
      blockReason: 'SAFETY',
      block_reason_message: `${text}: ${JSON.stringify(details)}`,
      safetyRatings: [{ category, probability: 'HIGH', blocked: true }],
    },
  }
}
