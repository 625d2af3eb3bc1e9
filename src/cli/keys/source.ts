import { type Static, Type } from '@sinclair/typebox'
import type { Right } from '../../trace/home/who.ts'

/** Keys as the commands reach them: in the store's files, or over the API of a Weir that runs somewhere. */
const Text = Type.Union([Type.String(), Type.Null()])

export const Listed = Type.Object({
  keys: Type.Array(
    Type.Object({
      id: Type.String({ pattern: '^[0-9a-z]{1,40}$' }),
      time_created: Type.String(),
      expired: Type.Boolean(),
      hashed_key: Type.String(),
      name: Text,
      user: Type.String(),
      rights: Type.Array(Type.String()),
      projects: Type.Union([Type.Array(Type.String()), Type.Null()]),
      expires_at: Text,
      revoked_at: Text,
      last_used: Text,
    }),
  ),
})
export type ListedKey = Static<typeof Listed>['keys'][number]

export const Made = Type.Object({ id: Type.String({ pattern: '^[0-9a-z]{1,40}$' }), key: Text })
export type Made = Static<typeof Made>

export const Revoked = Type.Object({ success: Type.Literal(true) })

/** As the API takes it. */
export type WantedKey = {
  readonly name?: string
  readonly user?: string
  readonly rights?: readonly Right[]
  readonly projects?: readonly string[]
  readonly expires_at?: string
  readonly hashed_key?: string
}

export type KeySource = {
  readonly create: (wanted: WantedKey) => Promise<Made>
  readonly list: () => Promise<readonly ListedKey[]>
  /** Whether there was such a key. */
  readonly revoke: (id: string) => Promise<boolean>
  readonly close: () => void
}
