import type { Fault } from '../core/fault.ts'
import type { Aim } from '../route/aim.ts'
import { fromBytes, type Bytes } from '../wire/body.ts'
import { joinSplices, spliceBetween } from '../wire/splice.ts'
import { createAnswerHearing, type Heard, type Opening } from './answer-hearing.ts'
import type { Orders } from './given.ts'
import type { Answered, CaseAt } from './judges.ts'
import type { Question } from './messages.ts'
import { needsOf } from './needs.ts'
import type { Observe } from './observe.ts'
import type { Minutes } from './minutes.ts'
import type { Judging } from './schema.ts'
import { faultOf, missed, unjudged } from './verdict.ts'

/**
 * The rules of one exchange, on the main thread: its request is told to the thread that judges, then its answer, and
 * what that says is done here. Rules that only look hold nothing up.
 */
export type Hearing = {
  /** Whether rules may change what is answered. */
  readonly mayReplace: boolean
  /** Judges the request. Kept at once, unless the provider must not see it before: then with what it may see. */
  readonly request: (aim: Aim) => Promise<Aim>
  /** Kept once the request may be answered; rejected with what its client is told instead. */
  readonly ruled: () => Promise<void>
  /** The answer, as far as it may leave. Rejected if nothing of it may. */
  readonly answer: (opening: Opening, response: Response) => Promise<Heard>
  /** Whether a rule has brought the answer to a good end, whatever the provider said of that. */
  readonly isClosed: () => boolean
  /** The exchange is over: what nobody waited for is judged now. */
  readonly close: () => void
}

export type HearingOf = {
  readonly orders: Orders
  readonly at: CaseAt
  readonly question: (aim: Aim) => Omit<Question, 'orders'>
  readonly settings: Judging
  readonly minutes: Minutes
  readonly observe: Observe
  /** Ends whatever runs of the exchange. */
  readonly abort: (fault: Fault) => void
  /** The provider has said something. */
  readonly came: () => void
  /** The client could be told that it is still waited for. */
  readonly waiting: () => void
  readonly now: () => number
}

type Ruled = { readonly fault: Fault | null; readonly body: Bytes | null }

const passes: Ruled = { fault: null, body: null }

export function createHearing(of: HearingOf): Hearing {
  const { orders, at, settings, minutes, observe, abort, now } = of
  const needs = needsOf(orders)
  const answer = createAnswerHearing({ ...of, needs })
  let verdict: Promise<Ruled> = Promise.resolve(passes)
  let isOpen = false

  async function request(aim: Aim): Promise<Aim> {
    isOpen = true
    const bytes = aim.body.whole()
    verdict = at.request(of.question(aim), bytes === null ? null : bytes.slice()).then(toRuled)
    if (!needs.isStrict) {
      // What is refused need not be answered: the call is let go of at once.
      void verdict.then(({ fault }) => fault !== null && abort(fault))
      return aim
    }
    const { body } = await waited()
    return body === null || bytes === null ? aim : withBody(aim, bytes, body)
  }

  function toRuled(answered: Answered): Ruled {
    if (answered.kind !== 'ruled')
      return lost(answered.kind === 'gone' ? answered.why : 'it said something else')
    const { ruling, findings } = answered
    const fault = faultOf(ruling, { tell: settings.tell, others: findings })
    minutes.found(findings)
    if (fault !== null && ruling.kind !== 'faulty') minutes.blocked()
    return { fault, body: ruling.kind === 'replace' ? ruling.body : null }
  }

  function lost(why: string): Ruled {
    if (!needs.rules) return passes
    minutes.found([missed(why, 'request', 0)])
    if (needs.onError === 'allow') return passes
    minutes.blocked()
    return { fault: unjudged('request'), body: null }
  }

  async function waited(): Promise<Ruled> {
    const since = now()
    const ruled = await verdict
    observe.waited((now() - since) / 1000)
    if (ruled.fault !== null) throw ruled.fault
    return ruled
  }

  async function close(): Promise<void> {
    if (!isOpen) return
    isOpen = false
    if (needs.lasts) {
      await answer.finish()
      const closed = await at.ask({ kind: 'close' })
      if (closed.kind === 'closed' && closed.findings.length > 0) minutes.found(closed.findings)
    }
    at.end()
  }

  return {
    mayReplace: needs.mayReplace,
    request,
    ruled: async () => {
      if (needs.rules && !needs.isStrict) await waited()
    },
    answer: answer.hear,
    isClosed: answer.isClosed,
    close: () => void close(),
  }
}

/** What the provider gets instead, and how that can be told from what came. */
function withBody(aim: Aim, before: Bytes, after: Bytes): Aim {
  const change = spliceBetween(before, after)
  if (change === null) return aim
  const splice = aim.decoded ? null : joinSplices(aim.splice, change, after)
  return { ...aim, body: fromBytes(after), splice }
}
