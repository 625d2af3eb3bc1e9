import { join } from 'node:path'
import { createProvider, type Answer, type Provider } from './provider.ts'
import { policiesIn } from './rules.ts'
import { providersAt } from './streams.ts'
import { createFolder } from './traces.ts'
import { startWeir, type Settings, type Weir } from './weir.ts'

/** A provider, and a Weir before it for each way of applying one policy that is asked for. */
export type Ruled = AsyncDisposable & {
  readonly provider: Provider
  readonly weirWith: (rule: object, settings?: Settings) => Promise<Weir>
}

export async function createRuled(policy: string, answer: Answer, always: object = {}): Promise<Ruled> {
  const folder = createFolder()
  policiesIn(folder.path, { word: policy })
  const provider = await createProvider(answer)
  const known = new Map<string, Promise<Weir>>()
  const open = (rule: object, settings: Settings) => {
    const rules = [{ file: join(folder.path, 'word.policy'), ...always, ...rule }]
    return startWeir({ providers: providersAt(provider.url), rules, ...settings })
  }
  return {
    provider,
    weirWith: (rule, settings = {}) => {
      const key = JSON.stringify([rule, settings])
      const weir = known.get(key) ?? open(rule, settings)
      known.set(key, weir)
      return weir
    },
    [Symbol.asyncDispose]: async () => {
      for (const weir of known.values()) await (await weir)[Symbol.asyncDispose]()
      await provider.stop()
      folder[Symbol.dispose]()
    },
  }
}
