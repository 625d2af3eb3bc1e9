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
  if (!isTimed) shares.push(...inputShares(usage, rates), ...outputShares(usage, rates))
  if (details?.audioSeconds !== undefined)
    shares.push({ kind: 'audioSeconds', quantity: details.audioSeconds })
  for (const [tool, count] of Object.entries(details?.serverTools ?? {})) {
    if (!freeTools.has(tool)) shares.push({ kind: tool, quantity: count })
  }
  return shares.filter(({ quantity }) => quantity !== 0)
}

/** What they bring into the prompt is charged, running them is not. */
const freeTools: ReadonlySet<string> = new Set(['web_fetch', 'tool_search', 'mcp', 'image_generation'])

function inputShares({ input, cachedInput, cacheWrite, details = {} }: Counts, rates: Rates): Share[] {
  if (input === null) return [{ kind: 'input', quantity: null }]
  const take = createTake(input, rates)
  const cached = cachedInput ?? 0
  const cachedAudio = details.cachedAudio ?? 0
  const cachedImage = details.cachedImage ?? 0
  // What is both cached and audio is charged as cached wherever that has a price.
  const inCache = [...take('cachedAudio', cachedAudio), ...take('cachedImage', cachedImage)]
  const left = cached - inCache.reduce((all, { quantity }) => all + (quantity ?? 0), 0)
  const isCacheCharged = rates.cachedInput !== undefined
  const written = writeShares({ cacheWrite, details }, take)
  return [
    ...inCache,
    ...take('cachedInput', left),
    ...written,
    ...take(
      'inputAudio',
      (details.inputAudio ?? 0) - (isCacheCharged || rates.cachedAudio ? cachedAudio : 0),
    ),
    ...take(
      'inputImage',
      (details.inputImage ?? 0) - (isCacheCharged || rates.cachedImage ? cachedImage : 0),
    ),
    ...take.rest('input'),
  ]
}

/** What lives five minutes is the usual kind, and charged as such where it has no price of its own. */
function writeShares(
  { cacheWrite, details = {} }: Pick<Counts, 'cacheWrite' | 'details'>,
  take: Take,
): Share[] {
  const { cacheWrite5m: short = 0, cacheWrite1h: long = 0 } = details
  const apart = [...take('cacheWrite5m', short), ...take('cacheWrite1h', long)]
  const taken = apart.reduce((all, { quantity }) => all + (quantity ?? 0), 0)
  return [...apart, ...take('cacheWrite', (cacheWrite ?? short + long) - taken)]
}

function outputShares({ output, reasoning = null, details = {} }: Counts, rates: Rates): Share[] {
  // Embeddings have none, and no price for one.
  if (output === null) return rates.output === undefined ? [] : [{ kind: 'output', quantity: null }]
  const take = createTake(output, rates)
  return [
    ...take('reasoning', reasoning ?? 0),
    ...take('outputAudio', details.outputAudio ?? 0),
    ...take('outputImage', details.outputImage ?? 0),
    ...take.rest('output'),
  ]
}

type Take = {
  /** So many of a kind, if it has a price: never more than are left, whatever the provider counted. */
  (kind: keyof Rates, count: number): Share[]
  readonly rest: (kind: keyof Rates) => Share[]
}

function createTake(all: number, rates: Rates): Take {
  let left = all
  const take = (kind: keyof Rates, count: number): Share[] => {
    const quantity = Math.min(left, Math.max(0, count))
    if (rates[kind] === undefined || quantity === 0) return []
    left -= quantity
    return [{ kind, quantity }]
  }
  return Object.assign(take, { rest: (kind: keyof Rates): Share[] => [{ kind, quantity: left }] })
}
