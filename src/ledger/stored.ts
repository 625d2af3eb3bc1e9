import type { Cost, Line } from './cost.ts'
import { currency, dollars } from './money.ts'
import { lineAmount } from './cost.ts'
import { unitsOf } from './price.ts'

/** A cost as it is stored, in few bytes, and as people and programs read it. */
export type StoredCost = {
  /** Null where it is not known. */
  readonly total: number | null
  /** By which name the model was looked up. */
  readonly model: string
  readonly text: string
}

export function packCost(cost: Cost, model: string): StoredCost {
  if (cost.kind === 'unknown')
    return { total: null, model, text: JSON.stringify({ i: model, r: cost.reason }) }
  const { total, isComplete, source, provider, note, lines } = cost
  const packed: Packed = {
    i: model,
    c: isComplete ? 1 : 0,
    s: [source.kind, source.version],
    p: provider,
    m: cost.model,
    ...(note !== null && { n: note }),
    l: lines.map(packLine),
  }
  return { total, model, text: JSON.stringify(packed) }
}

/** Null for a trace from before there were costs. */
export function unpackCost(total: number | null, text: string | null): { cost: Cost; model: string } | null {
  if (text === null) return null
  // Written by the function above.
  const packed = JSON.parse(text) as Packed | Unpriced
  if ('r' in packed) return { cost: { kind: 'unknown', reason: packed.r }, model: packed.i }
  const lines = packed.l.map(unpackLine)
  const cost: Cost = {
    kind: 'priced',
    total: total ?? 0,
    isComplete: packed.c === 1,
    isEstimated: lines.some(({ isEstimated }) => isEstimated),
    source: { kind: packed.s[0], version: packed.s[1] },
    provider: packed.p,
    model: packed.m,
    note: packed.n ?? null,
    lines,
  }
  return { cost, model: packed.i }
}

type Unpriced = { readonly i: string; readonly r: string }
type Packed = {
  readonly i: string
  readonly c: 0 | 1
  readonly s: readonly [kind: (Cost & { kind: 'priced' })['source']['kind'], version: string]
  readonly p: string
  readonly m: string
  readonly n?: string
  readonly l: readonly PackedLine[]
}
type PackedLine = readonly [
  kind: string,
  quantity: number | null,
  rate: number | null,
  isEstimated?: 0 | 1,
  model?: string | null,
]

function packLine({ kind, quantity, rate, isEstimated, model }: Line): PackedLine {
  if (model !== null) return [kind, quantity, rate, isEstimated ? 1 : 0, model]
  return isEstimated ? [kind, quantity, rate, 1] : [kind, quantity, rate]
}

function unpackLine([kind, quantity, rate, isEstimated = 0, model = null]: PackedLine): Line {
  return { kind, quantity, rate, isEstimated: isEstimated === 1, model }
}

/** What lists tell. `total` is in dollars, exact; of what is known if it is not complete. */
export type CostSummary = {
  readonly total: string
  readonly currency: typeof currency
  readonly complete: boolean
  readonly estimated: boolean
}

export type ShownCost = CostSummary & {
  readonly source: { readonly kind: string; readonly version: string }
  /** The entry of the price list that fitted. */
  readonly provider: string
  readonly model: string
  readonly note: string | null
  readonly lines: readonly ShownLine[]
}

export type ShownLine = {
  readonly kind: string
  readonly model: string | null
  readonly quantity: number | null
  readonly unit: string
  /** Dollars for so many units. */
  readonly price: string | null
  readonly per: number
  readonly amount: string | null
  readonly estimated: boolean
}

export function toSummary(cost: Cost): CostSummary | null {
  if (cost.kind === 'unknown') return null
  const { total, isComplete, isEstimated } = cost
  return { total: dollars(total), currency, complete: isComplete, estimated: isEstimated }
}

export function toShown(cost: Cost): ShownCost | null {
  const summary = toSummary(cost)
  if (cost.kind === 'unknown' || summary === null) return null
  const { source, provider, model, note, lines } = cost
  return { ...summary, source, provider, model, note, lines: lines.map(toShownLine) }
}

function toShownLine(line: Line): ShownLine {
  const { kind, model, quantity, rate, isEstimated } = line
  const { unit, per } = kind === 'as charged' ? { unit: 'answer', per: 1 } : unitsOf(kind)
  const amount = lineAmount(line)
  return {
    kind,
    model,
    quantity,
    unit,
    price: rate === null ? null : dollars(BigInt(rate) * BigInt(per)),
    per,
    amount: amount === null ? null : dollars(amount),
    estimated: isEstimated,
  }
}
