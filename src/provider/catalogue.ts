import type { Clock } from '../core/clock.ts'
import { causeOf, type Log } from '../core/log.ts'
import { askModels, type Fetch } from './ask.ts'
import { inProcess } from './presets.ts'
import type { Provider, Providers } from './provider.ts'

/**
 * Which models there are to call: the names that are known here, and what providers with a key say of themselves. They
 * are asked all at once, only when somebody wants to know, and their answers are kept for a while.
 */
export type Listed = { readonly provider: Provider; readonly name: string }

/** Sorted by provider, then by name. Never throws: a provider that fails is left out. */
export type Catalogue = (providers: Providers) => Promise<readonly Listed[]>

export type CatalogueMeans = {
  readonly fetch: Fetch
  /** Aborted after so many milliseconds. */
  readonly deadline: (ms: number) => AbortSignal
  readonly now: Clock
  readonly log: Log
}

/** What a provider said, or is about to say. */
type Answer = { readonly names: Promise<readonly string[]>; untilMs: number }

const limitMs = 3_000
const keptMs = 5 * 60_000
const againMs = 30_000

export function createCatalogue(means: CatalogueMeans): Catalogue {
  const { now, log } = means
  // By the provider itself, which a new configuration makes anew: an answer goes with the configuration it was for.
  const answers = new WeakMap<Provider, Answer>()

  async function list(providers: Providers): Promise<readonly Listed[]> {
    const each = [...providers.values()].map(async (provider) => {
      const told = isAsked(provider) ? await ask(provider) : []
      const names = new Set([...provider.models.filter(isName), ...told])
      return [...names].map((name) => ({ provider, name }))
    })
    return (await Promise.all(each)).flat().toSorted(byProviderAndName)
  }

  function ask(provider: Provider): Promise<readonly string[]> {
    const known = answers.get(provider)
    if (known !== undefined && now() < known.untilMs) return known.names
    // Until it has come, it is what everybody waits for.
    const answer: Answer = {
      names: fresh(provider, (ms) => (answer.untilMs = now() + ms)),
      untilMs: Infinity,
    }
    answers.set(provider, answer)
    return answer.names
  }

  async function fresh(provider: Provider, keep: (ms: number) => void): Promise<readonly string[]> {
    try {
      const names = await askModels(provider, means.fetch, means.deadline(limitMs))
      keep(keptMs)
      return names
    } catch (error) {
      keep(againMs)
      log('warn', 'models-unknown', { provider: provider.name, cause: causeOf(error) })
      return []
    }
  }

  return list
}

/** Not where the configuration names them all, nor in this process, where they are known. */
function isAsked({ url, key, models }: Provider): boolean {
  return key !== undefined && url !== inProcess && (models.length === 0 || !models.every(isName))
}

/** A name that ends in `*` stands for many, and is none to call. */
function isName(model: string): boolean {
  return !model.endsWith('*')
}

/** By code units, so that the order is the same everywhere. */
function byProviderAndName(left: Listed, right: Listed): number {
  if (left.provider !== right.provider) return left.provider.name < right.provider.name ? -1 : 1
  return left.name < right.name ? -1 : 1
}
