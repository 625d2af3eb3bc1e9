import { mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { readBoundedText } from '../wire/bounded.ts'
import { isPriceData } from './price-data.ts'

/** The list of prices, downloaded from where its library publishes it: only when it is asked for, or configured so. */
export const publishedAt =
  'https://raw.githubusercontent.com/pydantic/genai-prices/main/prices/new_data/v2/data.json'

export type Refreshed = { readonly providers: number; readonly models: number }

export type RefreshOptions = {
  readonly get: (url: string, init: { signal: AbortSignal }) => Promise<Response>
  readonly path: string
  readonly signal: AbortSignal
}

// Half a megabyte now.
const mostBytes = 32 << 20

/** Throws, and leaves what was there, unless all of it came and is a list of prices. */
export async function refreshPrices({ get, path, signal }: RefreshOptions): Promise<Refreshed> {
  const response = await get(publishedAt, { signal })
  if (!response.ok) throw new Error(`${publishedAt} answers with status ${response.status}`)
  const text = await readBoundedText(response, mostBytes)
  if (text === null) throw new Error(`${publishedAt} tells more than a list of prices has`)
  const data = parse(text)
  if (!isPriceData(data)) throw new Error(`${publishedAt} tells no list of prices`)
  mkdirSync(dirname(path), { recursive: true })
  const beside = `${path}.${crypto.randomUUID()}`
  try {
    writeFileSync(beside, text, { mode: 0o600 })
    renameSync(beside, path)
  } finally {
    rmSync(beside, { force: true })
  }
  return { providers: data.length, models: data.reduce((all, { models }) => all + models.length, 0) }
}

/** How long ago it was downloaded; infinite if never. */
export function ageOf(path: string, nowMs: number): number {
  return nowMs - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? -Infinity)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}
