import type { Picodollars } from './money.ts'

/** What a model costs: a rate for each kind of unit, and where that is known from. */
export type Price = {
  readonly source: PriceSource
  /** Whose prices these are, in the words of the source. */
  readonly provider: string
  /** The entry of the source that fits the model. */
  readonly model: string
  /** For which service tier they hold; null for the usual one. */
  readonly tier: string | null
  readonly rates: Rates
}

/** file: the configuration's own. built-in: came with Weir. refreshed: downloaded since. */
export type PriceSource = {
  readonly kind: 'file' | 'built-in' | 'refreshed' | 'provider' | 'free'
  /** A version, or the day of the file. */
  readonly version: string
}

const rateKinds = [
  'input',
  'cachedInput',
  'cacheWrite',
  'cacheWrite5m',
  'cacheWrite1h',
  'inputAudio',
  'cachedAudio',
  'inputImage',
  'cachedImage',
  'output',
  'reasoning',
  'outputAudio',
  'outputImage',
  'audioSeconds',
  'request',
  'web_search',
  'file_search',
] as const
export type RateKind = (typeof rateKinds)[number]

export type Rates = { readonly [kind in RateKind]?: Rate }

/** For one unit; `above` tells from how many tokens of input on all of the kind cost something else, in order. */
export type Rate = {
  readonly base: Picodollars
  readonly above: readonly { readonly tokens: number; readonly rate: Picodollars }[]
}

/** A tool that is called may have any name. */
export function rateOf(rates: Rates, kind: string): Rate | undefined {
  return isRateKind(kind) ? rates[kind] : undefined
}

const known: ReadonlySet<string> = new Set(rateKinds)

function isRateKind(kind: string): kind is RateKind {
  return known.has(kind)
}

/** In what numbers people name the price of a kind. */
export function unitsOf(kind: string): { readonly unit: string; readonly per: number } {
  switch (kind) {
    case 'audioSeconds':
      return { unit: 'second', per: 3600 }
    case 'request':
    case 'web_search':
    case 'file_search':
      return { unit: 'request', per: 1000 }
    default:
      return { unit: 'token', per: 1_000_000 }
  }
}

/** The whole of a kind costs what its tier says, as providers charge it. */
export function rateAt(rate: Rate, input: number): Picodollars {
  return rate.above.findLast(({ tokens }) => input > tokens)?.rate ?? rate.base
}

/** What is asked of prices. */
export type Identity = {
  /** Its name and address here. */
  readonly provider: string | null
  readonly address: string | null
  readonly dialect: string | null
  readonly model: string
  readonly tier: string | null
  /** Milliseconds since 1970: prices change, and some with the hour. */
  readonly at: number
}

export type Found =
  { readonly kind: 'found'; readonly price: Price } | { readonly kind: 'unknown'; readonly reason: string }
