import type { Choice, Finish } from '../../conversation/conversation.ts'
import type { Dialect, DialectName, Reply } from '../../dialect/dialect.ts'
import type { Header, Outcome } from '../../merge/report.ts'
import { pushHeader } from '../../wire/headers.ts'
import { headerOf } from '../header.ts'
import type { When } from './entry.ts'

/**
 * Whether an exchange that has ended is a trace to be pushed: `like-invariant` at the moments at which Invariant's gateway
 * pushed, which depend on the dialect. Where it pushed nothing and said nothing, the reason stands in the trace.
 */
export type Moment = { readonly kind: 'push' } | { readonly kind: 'skip'; readonly why: string }

export type Ended = {
  readonly dialect: DialectName | null
  readonly outcome: Outcome
  readonly status: number | null
  readonly requestHeaders: readonly Header[]
  readonly answer: Reply | null
  /** Its rules said no: that is a trace, where any other refusal of Weir's is none. */
  readonly isBlocked: boolean
}

export function momentOf(ended: Ended, when: When, dialects: Readonly<Record<DialectName, Dialect>>): Moment {
  const asked = headerOf(ended.requestHeaders, pushHeader).trim().toLowerCase()
  if (asked === 'skip') return skip('The request asked for it: Invariant-Push: skip')
  if (ended.dialect === null) return skip('It is of no dialect that tells a conversation')
  if (when === 'always' || asked === 'push' || ended.isBlocked) return push
  return likeInvariant(ended, dialects[ended.dialect], ended.dialect)
}

function likeInvariant(ended: Ended, { readAnswer }: Dialect, dialect: DialectName): Moment {
  const { outcome, status, answer } = ended
  if (status !== null && status >= 400) return skip(`It was answered with status ${status}`)
  // A stream that ends without its end mark, or with an error, is a whole one to it in Anthropic's dialect alone.
  const isPartial = outcome === 'provider-cut' || (outcome === 'failed' && answer?.ending === 'error')
  if (outcome !== 'answered' && !(isPartial && dialect === 'anthropic')) return skip(whys[outcome])
  if (dialect === 'anthropic') return push
  const [choice] = answer === null ? [] : readAnswer(answer.body, answer.argumentTexts).choices
  if (choice === undefined) return dialect === 'gemini' ? skip('It holds no answer to tell') : push
  return ends(dialect, choice)
}

/** By the word itself: an answer that says `stop` and calls a tool all the same was pushed. */
function ends(dialect: DialectName, { finish: meant, finishReason }: Choice): Moment {
  const finish = dialect === 'openai-chat' ? (openaiWords[finishReason ?? ''] ?? meant) : meant
  if (finish === null) return skip('Its answer does not say how it ended')
  if (dialect === 'gemini' || finish === 'stop' || finish === 'length' || finish === 'filter') return push
  if (finish === 'calls')
    return skip('Its answer calls tools: the next request of the conversation tells it too')
  return skip(`Its answer ended in another way (${finish})`)
}

const openaiWords: Readonly<Record<string, Finish>> = {
  stop: 'stop',
  length: 'length',
  content_filter: 'filter',
  tool_calls: 'calls',
  function_call: 'calls',
}

const push: Moment = { kind: 'push' }

function skip(why: string): Moment {
  return { kind: 'skip', why }
}

const whys: Readonly<Record<Outcome, string>> = {
  answered: 'It was answered',
  failed: 'The provider ended its answer with an error',
  refused: 'Weir refused it, not by a rule',
  unreachable: 'The provider was not reached',
  'provider-cut': 'The answer was broken off',
  'timed-out': 'The provider took too long',
  'client-left': 'The client left',
  interrupted: 'Weir was stopped meanwhile',
  unknown: 'Somebody else told of it',
}
