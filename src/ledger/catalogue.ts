import type { ModelPrice, PriceCalculationResult, Provider } from '@pydantic/genai-prices'
import { dependencies } from '../../package.json' with { type: 'json' }
import { rateOf } from './money.ts'
import { isPriceData } from './price-data.ts'
import { type Identity, type PriceSource, type Rate, type RateKind, type Rates, unitsOf } from './price.ts'

/**
 * Everybody's prices, from @pydantic/genai-prices with its data. Only its table is used: it finds the entry, the sums
 * are ours, which it makes in floating point and not line by line.
 */
export type Catalogue = {
  readonly find: (of: Identity) => Listed | null
  /** Takes the place of the built-in data; throws if it is none. Null brings that back. */
  readonly replace: (data: { readonly text: string; readonly version: string } | null) => void
}

export type Listed = {
  readonly source: PriceSource
  readonly provider: string
  readonly model: string
  readonly rates: Rates
  /** Whether it changes with the date or the time of day. */
  readonly isTimed: boolean
}

// Pinned exactly, so that this is what is in the executable.
const version = dependencies['@pydantic/genai-prices']

type Library = typeof import('@pydantic/genai-prices')

const keys: readonly (readonly [key: string, kind: RateKind])[] = [
  ['input_mtok', 'input'],
  ['cache_read_mtok', 'cachedInput'],
  ['cache_write_mtok', 'cacheWrite'],
  ['cache_write_5m_mtok', 'cacheWrite5m'],
  ['cache_write_1h_mtok', 'cacheWrite1h'],
  ['input_audio_mtok', 'inputAudio'],
  ['cache_audio_read_mtok', 'cachedAudio'],
  ['input_image_mtok', 'inputImage'],
  ['cache_image_read_mtok', 'cachedImage'],
  ['output_mtok', 'output'],
  ['output_reasoning_mtok', 'reasoning'],
  ['output_audio_mtok', 'outputAudio'],
  ['output_image_mtok', 'outputImage'],
  ['audio_hours', 'audioSeconds'],
  ['requests_kcount', 'request'],
  ['web_searches_kcount', 'web_search'],
  ['storage_searches_kcount', 'file_search'],
]

/** Whose models a dialect's own are, for an address that nobody knows. */
const makers: Readonly<Record<string, { readonly provider: string; readonly models: RegExp }>> = {
  'openai-chat': { provider: 'openai', models: /^(?:gpt-|chatgpt-|o[134]|text-embedding-|whisper-)/ },
  'openai-responses': { provider: 'openai', models: /^(?:gpt-|chatgpt-|o[134]|codex-)/ },
  anthropic: { provider: 'anthropic', models: /^claude-/ },
  gemini: { provider: 'google', models: /^(?:gemini|gemma|imagen|veo)-/ },
}

export function createCatalogue(): Catalogue {
  let library: Library | null = null
  let builtIn: Provider[] | null = null
  let source: PriceSource = { kind: 'built-in', version }

  /** Not before the first answer is to be priced: 15 ms and 14 MB in the executable, 90 ms from source. */
  function load(): Library {
    if (library !== null) return library
    // Not imported: that would be a promise, and all that keeps traces would have to wait for it.
    const loaded = require('@pydantic/genai-prices') as Library
    library = loaded
    void loaded.waitForUpdate().then((data) => (builtIn = data))
    return loaded
  }

  function replace(data: { readonly text: string; readonly version: string } | null): void {
    if (data === null && builtIn === null) return
    const parsed: unknown = data === null ? builtIn : JSON.parse(data.text)
    if (!isPriceData(parsed)) throw new Error('It is no list of providers with their prices')
    load().updatePrices(({ setProviderData }) => setProviderData(parsed))
    source = data === null ? { kind: 'built-in', version } : { kind: 'refreshed', version: data.version }
  }

  function find(of: Identity): Listed | null {
    const found = search(load(), of)
    if (found === null) return null
    const { provider, model, model_price: rates } = found
    const isTimed = Array.isArray(model.prices)
    return { source, provider: provider.id, model: model.id, rates: toRates(rates), isTimed }
  }

  return { find, replace }
}

/** By what is surest: the address, then the name it was given, then a model that only one can have made. */
function search({ calcPrice }: Library, of: Identity): PriceCalculationResult {
  const timestamp = new Date(of.at)
  const model = of.model.replace(/^models\//, '')
  const ask = (whose: { providerApiUrl?: string; providerId?: string }) =>
    calcPrice({}, model, { ...whose, timestamp })
  if (of.address !== null) {
    const found = ask({ providerApiUrl: of.address })
    if (found !== null) return found
  }
  if (of.provider !== null) {
    const found = ask({ providerId: of.provider })
    if (found !== null) return found
  }
  const maker = of.dialect === null ? undefined : makers[of.dialect]
  return maker?.models.test(model) === true ? ask({ providerId: maker.provider }) : null
}

function toRates(prices: ModelPrice): Rates {
  const rates: { [kind in RateKind]?: Rate } = {}
  for (const [key, kind] of keys) {
    const told = prices[key]
    if (told === undefined) continue
    const { per } = unitsOf(kind)
    const plain = typeof told === 'number' ? { base: told, tiers: [] } : told
    const base = rateOf(plain.base, per)
    if (base === null) continue
    const tiers = plain.tiers.map(({ start, price }) => ({ tokens: start, rate: rateOf(price, per) ?? base }))
    rates[kind] = { base, above: tiers.toSorted((one, other) => one.tokens - other.tokens) }
  }
  return rates
}
