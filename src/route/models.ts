import { Fault } from '../core/fault.ts'
import type { DialectName } from '../dialect/dialect.ts'
import type { Listed } from '../provider/catalogue.ts'
import { modelEntry, modelList, type Shape } from '../provider/models.ts'
import type { Providers } from '../provider/provider.ts'
import { pathname } from './door.ts'
import { decode } from '../wire/query.ts'
import { resolve } from './plan.ts'

/** Questions about the models themselves, on the by-model routes: which there are, or about one of them. */
export type ModelQuestion = {
  readonly shape: Shape
  /** In which its client wants to be refused. */
  readonly dialect: DialectName
  /** Null asks for all. */
  readonly model: string | null
}

const asking = /^\/v1(beta|alpha)?\/models(?:\/(.*))?$/

export function toModelQuestion({ method, headers }: Request, path: string): ModelQuestion | null {
  const match = method === 'GET' || method === 'HEAD' ? asking.exec(pathname(path)) : null
  if (match === null) return null
  const [, preview, asked = ''] = match
  const model = asked === '' ? null : decode(asked)
  // Google's SDK asks under /v1 too since its third version: only its key tells it apart.
  if (preview !== undefined || headers.has('x-goog-api-key'))
    return { shape: 'gemini', dialect: 'gemini', model }
  return { shape: 'openai', dialect: headers.has('anthropic-version') ? 'anthropic' : 'openai-chat', model }
}

export function answerModels(
  { shape, model }: ModelQuestion,
  models: readonly Listed[],
  providers: Providers,
): unknown {
  if (model === null) return modelList(shape, models)
  const target = resolve(model, null, providers)
  const found = models.find(({ provider, name }) => provider === target.provider && name === target.model)
  if (found !== undefined) return modelEntry(shape, found)
  throw new Fault(
    'unknown-model',
    `Model "${model}" is not among those that provider "${target.provider.name}" is known to have`,
  )
}
