import type { Usage } from '../conversation/usage.ts'
import type { Reply } from '../dialect/dialect.ts'
import { costOf } from '../ledger/cost.ts'
import type { Found, Identity } from '../ledger/price.ts'
import { type StoredCost, packCost } from '../ledger/stored.ts'
import { estimateAnswer, estimateRequest } from '../ledger/texts.ts'
import type { End } from '../merge/report.ts'
import { bodyOf } from './body.ts'
import type { Exchange } from './exchange.ts'
import type { Earlier } from './sums.ts'

/** What an exchange took and cost, as far as that was told, and estimated where it was not. */
export type Account = { readonly usage: Usage | null; readonly cost: StoredCost }

export type Accounts = {
  readonly find: (of: Identity) => Found
  /** What stands for a credential in lists and sums. */
  readonly labelOf: (credential: string) => string
  readonly estimates: boolean
}

/** The configuration's word, with whole paths; null where there is no such file. */
export type LedgerSettings = {
  readonly prices: string | null
  readonly refreshed: string | null
  readonly estimate: boolean
}

type Of = {
  readonly end: End
  readonly answer: Reply | null
  readonly earlier: Earlier
  readonly means: { readonly accounts: Accounts }
}

export function accountOf(exchange: Exchange, of: Of): Account {
  const { begin } = exchange
  const { end, answer, means } = of
  const isAnswered = end.status !== null && end.status < 400 && answer !== null && answer.body !== null
  const usage = isAnswered && means.accounts.estimates ? estimated(exchange, of) : (answer?.usage ?? null)
  const models = [answer?.model ?? null, begin.model].filter((model) => model !== null)
  const [model] = models
  const unknown = (reason: string) => packCost({ kind: 'unknown', reason }, model ?? '')
  if (usage === null)
    return { usage, cost: unknown(isAnswered ? 'The answer tells no usage' : 'It was not answered') }
  if (model === undefined) return { usage, cost: unknown('Which model answered is not known') }
  const { provider, address = null, dialect, startedAt: at } = begin
  const identity = { provider, address, dialect, tier: usage.details?.tier ?? null, at }
  const priced = models.map((name) => ({
    name,
    cost: costOf({ usage, identity: { ...identity, model: name } }, means.accounts.find),
  }))
  // By the model that answered; where only the name it was asked for by has a price, by that.
  const best = priced.find(({ cost }) => cost.kind === 'priced') ?? priced[0]
  return { usage, cost: best === undefined ? unknown('') : packCost(best.cost, best.name) }
}

/** Only for what a dialect reads, and only the side that is missing. */
function estimated(exchange: Exchange, { answer, earlier }: Of): Usage | null {
  const usage = answer?.usage ?? null
  if (answer === null || exchange.begin.dialect === null) return usage
  if (usage !== null && usage.input !== null && usage.output !== null) return usage
  const input = usage?.input == null ? inputOf(exchange, earlier) : null
  const output = usage?.output == null ? estimateAnswer(answer.body) : null
  if (input === null && output === null) return usage
  const { details, ...counts } = usage ?? nothingTold
  return {
    ...counts,
    details: {
      ...details,
      estimated: { ...(input !== null && { input }), ...(output !== null && { output }) },
    },
  }
}

const nothingTold: Usage = { input: null, cachedInput: null, cacheWrite: null, output: null, reasoning: null }

/** Null where not all of the request is here. */
function inputOf({ request, begin }: Exchange, earlier: Earlier): number | null {
  if (request.kept < request.seen || request.seen === 0) return null
  const bytes = request.masked ?? earlier.request()
  return bytes === null ? null : estimateRequest(bodyOf(Buffer.from(bytes), begin.requestHeaders))
}
