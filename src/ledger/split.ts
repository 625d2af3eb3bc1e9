import type { Usage } from '../conversation/usage.ts'
import type { Rates } from './price.ts'

/**
 * Tokens by what they are charged as: each token once. A kind without a price of its own is charged as what it is a
 * part of: audio as input, reasoning as output. Null is a count that was not told.
 */
export type Share = { readonly kind: string; readonly quantity: number | null }

type Counts = Pick<Usage, 'input' | 'cachedInput' | 'cacheWrite' | 'output'> & {
  readonly reasoning?: number | null
  readonly details?: Usage['details']
}

export function split(usage: Counts, rates: Rates): Share[] {
  const { details } = usage
  const shares: Share[] = []
  if (rates.request !== undefined) shares.push({ kind: 'request', quantity: 1 })
  const isTimed = details?.audioSeconds !== undefined && usage.input === null
  if (!isTimed) {
    shareInput(usage, rates, shares)
    shareOutput(usage, rates, shares)
  }
  if (details?.audioSeconds !== undefined)
    shares.push({ kind: 'audioSeconds', quantity: details.audioSeconds })
  for (const [tool, count] of Object.entries(details?.serverTools ?? {})) {
    if (!freeTools.has(tool)) shares.push({ kind: tool, quantity: count })
  }
  return shares.filter(({ quantity }) => quantity !== 0)
}

/** What they bring into the prompt is charged, running them is not. */
const freeTools: ReadonlySet<string> = new Set(['web_fetch', 'tool_search', 'mcp', 'image_generation'])

function shareInput(usage: Counts, rates: Rates, shares: Share[]): void {
  const { input, details = {} } = usage
  if (input === null) return void shares.push({ kind: 'input', quantity: null })
  const pot: Pot = { left: input, rates, shares }
  const cachedAudio = details.cachedAudio ?? 0
  const cachedImage = details.cachedImage ?? 0
  // What is both cached and audio is charged as cached wherever that has a price.
  const inCache = take(pot, 'cachedAudio', cachedAudio) + take(pot, 'cachedImage', cachedImage)
  take(pot, 'cachedInput', (usage.cachedInput ?? 0) - inCache)
  shareWrites(usage, pot)
  const isCacheCharged = rates.cachedInput !== undefined
  const isAudioCounted = isCacheCharged || rates.cachedAudio !== undefined
  const isImageCounted = isCacheCharged || rates.cachedImage !== undefined
  take(pot, 'inputAudio', (details.inputAudio ?? 0) - (isAudioCounted ? cachedAudio : 0))
  take(pot, 'inputImage', (details.inputImage ?? 0) - (isImageCounted ? cachedImage : 0))
  shares.push({ kind: 'input', quantity: pot.left })
}

/** What lives five minutes is the usual kind, and charged as such where it has no price of its own. */
function shareWrites({ cacheWrite, details = {} }: Counts, pot: Pot): void {
  const { cacheWrite5m: short = 0, cacheWrite1h: long = 0 } = details
  const apart = take(pot, 'cacheWrite5m', short) + take(pot, 'cacheWrite1h', long)
  take(pot, 'cacheWrite', (cacheWrite ?? short + long) - apart)
}

function shareOutput({ output, reasoning, details = {} }: Counts, rates: Rates, shares: Share[]): void {
  if (output === null) {
    // Embeddings have none, and no price for one.
    if (rates.output !== undefined) shares.push({ kind: 'output', quantity: null })
    return
  }
  const pot: Pot = { left: output, rates, shares }
  take(pot, 'reasoning', reasoning ?? 0)
  take(pot, 'outputAudio', details.outputAudio ?? 0)
  take(pot, 'outputImage', details.outputImage ?? 0)
  shares.push({ kind: 'output', quantity: pot.left })
}

/** Tokens that are not charged as anything yet. */
type Pot = { left: number; readonly rates: Rates; readonly shares: Share[] }

/** So many of a kind, if it has a price: never more than are left, whatever the provider counted. Tells how many. */
function take(pot: Pot, kind: keyof Rates, count: number): number {
  const quantity = Math.min(pot.left, Math.max(0, count))
  if (pot.rates[kind] === undefined || quantity === 0) return 0
  pot.left -= quantity
  pot.shares.push({ kind, quantity })
  return quantity
}
