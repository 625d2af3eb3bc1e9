import { readJson } from '../conversation/json.ts'
import type { Usage } from '../conversation/usage.ts'
import type { Reply } from '../dialect/dialect.ts'
import { costOf } from '../ledger/cost.ts'
import type { Count } from '../ledger/count.ts'
import type { Found, Identity } from '../ledger/price.ts'
import { type StoredCost, packCost } from '../ledger/stored.ts'
import { estimateAnswer, estimateRequest } from '../ledger/texts.ts'
import type { End } from '../merge/report.ts'
import type { Exchange } from './exchange.ts'
import { headerOf } from './header.ts'
import { plainOf } from './plain.ts'
import type { Earlier } from './sums.ts'

/** What an exchange took and cost, as far as that was told, and estimated where it was not. */
export type Account = { readonly usage: Usage | null; readonly cost: StoredCost }

export type Accounts = {
  readonly find: (of: Identity) => Found
  /** What stands for a credential in lists and sums. */
  readonly labelOf: (credential: string) => string
  /** Null where nothing is to be estimated. */
  readonly count: Count | null
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
  const { answer, means } = of
  const names = [answer?.model ?? null, begin.model].filter((model) => model !== null)
  const models = names[0] === names[1] ? names.slice(0, 1) : names
  if (isFetched(exchange)) return unknown('What is only fetched was counted when it was made', models)
  const usage = usageOf(exchange, of)
  if (usage === null)
    return unknown(isAnswered(of) ? 'The answer tells no usage' : 'It was not answered', models)
  const { provider, address = null, dialect, startedAt: at } = begin
  return { usage, cost: priceOf(usage, models, { provider, address, dialect, at }, means.accounts.find) }
}

function unknown(reason: string, [model = '']: readonly string[]): Account {
  return { usage: null, cost: packCost({ kind: 'unknown', reason }, model) }
}

/** By the model that answered; where only the name it was asked for by has a price, by that. */
export function priceOf(
  usage: Usage,
  models: readonly string[],
  whose: Omit<Identity, 'model' | 'tier'>,
  find: Accounts['find'],
): StoredCost {
  const tier = usage.details?.tier ?? null
  let first: StoredCost | null = null
  for (const model of models) {
    const cost = costOf({ usage, identity: { ...whose, tier, model } }, find)
    const packed = packCost(cost, model)
    if (cost.kind === 'priced') return packed
    first ??= packed
  }
  return first ?? packCost({ kind: 'unknown', reason: 'Which model answered is not known' }, '')
}

/** A stream that is taken up again has not been counted yet. */
function isFetched({ begin, head }: Exchange): boolean {
  const isStream =
    begin.stream || headerOf(head?.headers ?? [], 'content-type').startsWith('text/event-stream')
  return begin.method === 'GET' && !isStream
}

function isAnswered({ end, answer }: Of): boolean {
  const hasBody = answer !== null && answer.body !== null && answer.body !== undefined
  return hasBody && end.status !== null && end.status < 400
}

function usageOf(exchange: Exchange, of: Of): Usage | null {
  const { count } = of.means.accounts
  return isAnswered(of) && count !== null ? estimated(exchange, of, count) : (of.answer?.usage ?? null)
}

/** Only for what a dialect reads, and only the side that is missing. */
function estimated(exchange: Exchange, { answer, earlier }: Of, count: Count): Usage | null {
  const usage = answer?.usage ?? null
  if (answer === null || exchange.begin.dialect === null) return usage
  if (usage !== null && usage.input !== null && usage.output !== null) return usage
  const input = usage?.input == null ? inputOf(exchange, earlier, count) : null
  const output = usage?.output == null ? estimateAnswer(answer.body, count) : null
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

/** Null where not all of the request is here, or where it is no JSON. */
function inputOf({ request, begin }: Exchange, earlier: Earlier, count: Count): number | null {
  if (request.kept < request.seen || request.seen === 0) return null
  const bytes = request.masked ?? earlier.request()
  const plain = bytes === null ? null : plainOf(bytes, begin.requestHeaders)
  const body = plain === null ? undefined : readJson(new TextDecoder().decode(plain))
  return body === undefined ? null : estimateRequest(body, count)
}
