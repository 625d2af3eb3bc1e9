import { Fault } from '../core/fault.ts'
import type { DialectName } from '../dialect/dialect.ts'
import type { Provider, Providers } from '../provider/provider.ts'

/** Which provider a model's name leads to: `provider/model`, or a bare name that one provider owns. */
export type Target = { readonly provider: Provider; readonly model: string }

export function resolve(model: string, dialect: DialectName | null, providers: Providers): Target {
  const target = named(model, providers) ?? owned(model, providers)
  if (dialect === null || target.provider.dialects.includes(dialect)) return target
  const speaks = target.provider.dialects.join(', ')
  throw new Fault(
    'wrong-dialect',
    `Model "${model}" is at provider "${target.provider.name}", which speaks ${speaks} and not ${dialect}`,
  )
}

function named(model: string, providers: Providers): Target | undefined {
  const slash = model.indexOf('/')
  const provider = providers.get(model.slice(0, Math.max(slash, 0)))
  return provider === undefined ? undefined : { provider, model: model.slice(slash + 1) }
}

function owned(model: string, providers: Providers): Target {
  const all = [...providers.values()]
  const exact = all.filter((provider) => provider.models.includes(model))
  const owners =
    exact.length > 0 ? exact : all.filter((provider) => provider.models.some((name) => fits(name, model)))
  const [provider, second] = owners
  if (provider === undefined) {
    throw new Fault(
      'unknown-model',
      `Cannot route model "${model}": no provider owns it; name one, as "provider/model"`,
    )
  }
  if (second === undefined) return { provider, model }
  const names = owners.map((owner) => `"${owner.name}/${model}"`).join(' or ')
  throw new Fault(
    'unknown-model',
    `Cannot route model "${model}": several providers own it; ask for ${names}`,
  )
}

function fits(pattern: string, model: string): boolean {
  return pattern.endsWith('*') && model.startsWith(pattern.slice(0, -1))
}
