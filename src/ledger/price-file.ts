import { type Static, Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { rateOf } from './money.ts'
import { type Identity, type Price, type Rate, type RateKind, type Rates, unitsOf } from './price.ts'

/** Prices of one's own, from a YAML or JSON file: in dollars, for a million tokens unless the name says otherwise. */
const price = Type.Optional(Type.Number({ minimum: 0, maximum: 1_000_000 }))

const Dollars = Type.Object(
  {
    input: price,
    cachedInput: price,
    cacheWrite: price,
    cacheWrite5m: price,
    cacheWrite1h: price,
    inputAudio: price,
    cachedAudio: price,
    inputImage: price,
    cachedImage: price,
    output: price,
    reasoning: price,
    outputAudio: price,
    outputImage: price,
    /** For an hour of audio; the others for a thousand. */
    audioHour: price,
    requests: price,
    webSearches: price,
    fileSearches: price,
  },
  { additionalProperties: false },
)
type Dollars = Static<typeof Dollars>

const Entry = Type.Composite(
  [
    Dollars,
    Type.Object({
      model: Type.String({ pattern: '^(\\*|[^*\\s]+\\*?)$' }),
      provider: Type.Optional(Type.String({ minLength: 1 })),
      tier: Type.Optional(Type.String({ minLength: 1 })),
      above: Type.Optional(
        Type.Record(Type.String({ pattern: '^[1-9]\\d{0,8}$' }), Dollars, { additionalProperties: false }),
      ),
    }),
  ],
  { additionalProperties: false },
)
type Entry = Static<typeof Entry>

const PriceFile = Type.Object({ prices: Type.Array(Entry) }, { additionalProperties: false })

export type PriceList = (of: Identity) => Price | null

/** Throws an error that says what is wrong with the text. `version` is the day of the file. */
export function parsePriceFile(text: string, version: string): PriceList {
  const parsed: unknown = Bun.YAML.parse(text)
  if (!Value.Check(PriceFile, parsed)) {
    const wrong = Value.Errors(PriceFile, parsed).First()
    throw new Error(`${wrong?.path.replace(/^\//, '').replaceAll('/', '.') || 'the file'}: ${wrong?.message}`)
  }
  const entries = parsed.prices.map((entry) => ({ entry, price: toPrice(entry, version) }))
  return (of) => entries.find(({ entry }) => fits(entry, of))?.price ?? null
}

/** The first that fits is taken. */
function fits({ provider, model, tier }: Entry, of: Identity): boolean {
  if (provider !== undefined && provider !== of.provider) return false
  if (tier !== undefined && tier !== of.tier) return false
  return model.endsWith('*') ? of.model.startsWith(model.slice(0, -1)) : model === of.model
}

function toPrice(entry: Entry, version: string): Price {
  const { model, provider, tier = null, above = {} } = entry
  const source = { kind: 'file', version } as const
  return { source, provider: provider ?? 'any', model, tier, rates: ratesOf(entry, above) }
}

/** Names in the file for rates that are named for their unit. */
const byUnit: Readonly<Record<string, RateKind>> = {
  audioHour: 'audioSeconds',
  requests: 'request',
  webSearches: 'web_search',
  fileSearches: 'file_search',
}

function ratesOf(dollars: Dollars, above: Readonly<Record<string, Dollars>>): Rates {
  const tiers = Object.entries(above).toSorted(([one], [other]) => Number(one) - Number(other))
  const rates: Record<string, Rate> = {}
  for (const name of Object.keys(Dollars.properties)) {
    const base = Reflect.get(dollars, name)
    if (typeof base !== 'number') continue
    const kind = byUnit[name] ?? name
    const { per } = unitsOf(kind)
    rates[kind] = {
      base: rateOf(base, per) ?? 0,
      above: tiers.flatMap(([tokens, told]) => {
        const price: unknown = Reflect.get(told, name)
        return typeof price === 'number' ? [{ tokens: Number(tokens), rate: rateOf(price, per) ?? 0 }] : []
      }),
    }
  }
  return rates
}
