import type { Usage } from '../conversation/usage.ts'
import { type Picodollars, amountOf } from './money.ts'
import { type Found, type Identity, type Price, type PriceSource, rateAt, rateOf } from './price.ts'
import { split } from './split.ts'

/** What an exchange cost, line by line, or why that is not known. */
export type Cost =
  ({ readonly kind: 'priced' } & Priced) | { readonly kind: 'unknown'; readonly reason: string }

export type Priced = {
  /** Of the lines that have an amount. */
  readonly total: Picodollars
  /** Whether that is all of them. */
  readonly isComplete: boolean
  readonly isEstimated: boolean
  readonly source: PriceSource
  readonly provider: string
  readonly model: string
  /** What the reader should know about these prices; null mostly. */
  readonly note: string | null
  readonly lines: readonly Line[]
}

export type Line = {
  readonly kind: string
  /** Another model than the answer's own, such as an advisor's; null mostly. */
  readonly model: string | null
  /** Null: not told, or without a price. */
  readonly quantity: number | null
  readonly rate: Picodollars | null
  readonly isEstimated: boolean
}

export type Of = { readonly usage: Usage; readonly identity: Identity }

export function costOf({ usage, identity }: Of, find: (of: Identity) => Found): Cost {
  const found = find(identity)
  const { reportedCost } = usage.details ?? {}
  if (found.kind === 'unknown') {
    return reportedCost === undefined ? found : reported(reportedCost, identity)
  }
  const lines = [...linesOf(usage, found.price), ...otherLines(usage, identity, find)]
  if (lines.length > 0 && lines.every((line) => lineAmount(line) === null)) {
    return { kind: 'unknown', reason: reasonOf(lines, found.price) }
  }
  return pricedOf(lines, found.price, noteOf(usage, found.price))
}

export function lineAmount({ quantity, rate }: Line): Picodollars | null {
  return quantity === null || rate === null ? null : amountOf(quantity, rate)
}

function pricedOf(lines: readonly Line[], { source, provider, model }: Price, note: string | null): Cost {
  const amounts = lines.map(lineAmount)
  const known = amounts.filter((amount) => amount !== null)
  return {
    kind: 'priced',
    total: known.reduce((all, amount) => all + amount, 0),
    isComplete: known.length === amounts.length,
    isEstimated: lines.some(({ isEstimated }) => isEstimated),
    source,
    provider,
    model,
    note,
    lines,
  }
}

type Counts = Omit<Usage, 'reasoning'> & { readonly reasoning?: number | null }

function linesOf(told: Counts, price: Price): Line[] {
  const { estimated = {} } = told.details ?? {}
  const input = told.input ?? estimated.input ?? null
  const output = told.output ?? estimated.output ?? null
  const isEstimated = { input: told.input !== input, output: told.output !== output }
  return split({ ...told, input, output }, price.rates).map(({ kind, quantity }) => {
    const rate = rateOf(price.rates, kind)
    return {
      kind,
      model: null,
      quantity,
      rate: rate === undefined ? null : rateAt(rate, input ?? 0),
      isEstimated: outputKinds.has(kind) ? isEstimated.output : isEstimated.input && kind !== 'request',
    }
  })
}

const outputKinds: ReadonlySet<string> = new Set(['output', 'reasoning', 'outputAudio', 'outputImage'])

/** Calls within the answer, each by the prices of its own model. */
function otherLines(usage: Usage, identity: Identity, find: (of: Identity) => Found): Line[] {
  return (usage.details?.others ?? []).flatMap((other) => {
    const model = other.model ?? identity.model
    const found = find({ ...identity, model })
    if (found.kind === 'unknown') {
      const unpriced = { model, rate: null, isEstimated: false }
      return [
        { ...unpriced, kind: `${other.kind} input`, quantity: other.input },
        { ...unpriced, kind: `${other.kind} output`, quantity: other.output },
      ]
    }
    return linesOf(other, found.price).map((line) => ({
      ...line,
      kind: `${other.kind} ${line.kind}`,
      model,
    }))
  })
}

/** The provider's word alone: one line of its own. */
function reported(dollars: number, { provider, model }: Identity): Cost {
  const total = Math.round(dollars * 1e12)
  if (!Number.isSafeInteger(total))
    return { kind: 'unknown', reason: 'The provider tells a cost that is none' }
  const line = { kind: 'as charged', model: null, quantity: 1, rate: total, isEstimated: false }
  const price: Price = {
    source: { kind: 'provider', version: '' },
    provider: provider ?? 'unknown',
    model,
    tier: null,
    rates: {},
  }
  return pricedOf([line], price, null)
}

function reasonOf(lines: readonly Line[], { model }: Price): string {
  const untold = lines.filter(({ quantity }) => quantity === null).map(({ kind }) => kind)
  if (untold.length === lines.length) return `How much it took was not told: ${untold.join(', ')}`
  return `The prices of "${model}" do not say what these cost: ${lines.map(({ kind }) => kind).join(', ')}`
}

/** Words of providers for the service that the usual prices are for. */
const usual = /^(?:|default|standard|auto|on_demand)$/i

function noteOf({ details = {} }: Usage, price: Price): string | null {
  const { tier } = details
  if (tier === undefined || usual.test(tier) || price.tier === tier) return null
  return `It was served in the tier "${tier}"; these are the usual prices`
}
