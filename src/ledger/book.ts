import { readFileSync, statSync } from 'node:fs'
import type { Clock } from '../core/clock.ts'
import { type Log, causeOf } from '../core/log.ts'
import { type Catalogue, createCatalogue } from './catalogue.ts'
import { type PriceList, parsePriceFile } from './price-file.ts'
import type { Found, Identity, Price, PriceSource } from './price.ts'

/**
 * All prices there are: the configuration's own before everybody's. Files are looked at now and then, so that a new one
 * counts from then on. An entry is found once for each model: looking through the data takes 600 µs.
 */
export type Book = { readonly find: (of: Identity) => Found }

export type BookOptions = {
  /** The configuration's price file, and where the data is put that was downloaded; null without. */
  readonly prices: string | null
  readonly refreshed: string | null
  readonly log: Log
  readonly now: Clock
}

const lookEveryMs = 10_000
// Names of models come from clients.
const mostRemembered = 2000
const minuteMs = 60_000

type Known = { readonly found: Found; readonly minute: number | null }

export function createBook({ prices, refreshed, log, now }: BookOptions): Book {
  const catalogue = createCatalogue()
  const known = new Map<string, Known>()
  let own: PriceList = () => null
  let lookAt = -Infinity

  const watched = [
    createWatched(
      prices,
      (file) => (own = file === null ? () => null : parsePriceFile(file.text, file.version)),
    ),
    createWatched(refreshed, catalogue.replace),
  ]

  function look(): void {
    if (now() < lookAt) return
    lookAt = now() + lookEveryMs
    for (const watch of watched) {
      try {
        if (watch.look()) known.clear()
      } catch (error) {
        // What was read before goes on to hold.
        log('error', 'prices-bad', { path: watch.path, cause: causeOf(error) })
      }
    }
  }

  function find(of: Identity): Found {
    look()
    const minute = Math.floor(of.at / minuteMs)
    const key = `${of.provider} ${of.address} ${of.dialect} ${of.tier} ${of.model}`
    const before = known.get(key)
    if (before !== undefined && (before.minute === null || before.minute === minute)) return before.found
    const { found, isTimed } = search(of, { own, catalogue })
    if (known.size >= mostRemembered) known.clear()
    known.set(key, { found, minute: isTimed ? minute : null })
    return found
  }

  return { find }
}

type Searched = { readonly found: Found; readonly isTimed: boolean }

function search(of: Identity, { own, catalogue }: { own: PriceList; catalogue: Catalogue }): Searched {
  const listed = own(of)
  if (listed !== null) return always({ kind: 'found', price: listed })
  if (of.address?.startsWith('weir:') === true) return always({ kind: 'found', price: free(of) })
  try {
    const found = catalogue.find(of)
    if (found === null) return always({ kind: 'unknown', reason: reasonOf(of) })
    const { isTimed, ...price } = found
    return { found: { kind: 'found', price: { ...price, tier: null } }, isTimed }
  } catch (error) {
    return always({
      kind: 'unknown',
      reason: `The prices of "${of.model}" cannot be read: ${causeOf(error)}`,
    })
  }
}

function always(found: Found): Searched {
  return { found, isTimed: false }
}

function reasonOf({ provider, model }: Identity): string {
  return `No price is known for model "${model}" of provider "${provider ?? 'unknown'}"`
}

/** Weir's own answers. */
function free({ model, provider }: Identity): Price {
  const rate = { base: 0, above: [] }
  const source: PriceSource = { kind: 'free', version: '' }
  return { source, provider: provider ?? 'demo', model, tier: null, rates: { input: rate, output: rate } }
}

type File = { readonly text: string; readonly version: string }

/** A file that may come, change and go. `look` says whether it has. */
function createWatched(path: string | null, use: (file: File | null) => void) {
  let seenMs = -1
  const look = (): boolean => {
    if (path === null) return false
    const changedMs = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? -1
    if (changedMs === seenMs) return false
    seenMs = changedMs
    if (changedMs === -1) use(null)
    else use({ text: readFileSync(path, 'utf8'), version: new Date(changedMs).toISOString().slice(0, 10) })
    return true
  }
  return { path, look }
}
