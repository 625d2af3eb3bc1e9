import type { DialectName } from '../dialect/dialect.ts'
import { dialectOf } from '../dialect/index.ts'
import type { Provider } from '../provider/provider.ts'

/** The two ways in. */
export type Door =
  /** `/{provider}/<rest>`: everything of that provider, whatever the path. */
  | {
      readonly kind: 'provider'
      readonly provider: Provider
      readonly path: string
      /** Whose clients come by it, and are refused as they know it. */
      readonly style?: 'invariant'
      readonly user?: User
    }
  /** `/v1/...`, `/v1beta/...`: the model names the target. */
  | {
      readonly kind: 'model'
      readonly dialect: DialectName
      readonly path: string
      readonly user?: User
    }

/** Whose key let in; undefined where nobody was asked for one. */
type User = string | undefined

/** The dialect in which the client wants to be refused. */
export function clientDialect(door: Door): DialectName {
  if (door.kind === 'model') return door.dialect
  const { dialects } = door.provider
  return dialectOf(pathname(door.path), dialects)?.name ?? dialects[0] ?? 'openai-chat'
}

/** Google's streams are a list unless they are asked for as events. */
export function asksForEvents(path: string): boolean {
  return /[?&]alt=sse(?:[&#]|$)/.test(path.slice(pathname(path).length))
}

export function pathname(path: string): string {
  const query = path.indexOf('?')
  return query === -1 ? path : path.slice(0, query)
}
