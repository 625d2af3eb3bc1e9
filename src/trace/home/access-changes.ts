import type { Database } from 'bun:sqlite'
import { type ChangeMetadata, createChangeMetadata } from './metadata.ts'
import { createKeys, type Keys } from './keys.ts'
import { createPolicies, type OnePolicy, type ProjectPolicies } from './policies.ts'
import type { Asking } from './push.ts'
import type { Rows } from './rows.ts'
import { readBody, wrong } from './said.ts'

/** Changes of who may and of what holds for projects; the body comes beside them. */
export type AccessChange =
  | { readonly kind: 'key-create' }
  | { readonly kind: 'key-revoke'; readonly key: string }
  | { readonly kind: 'keys-used'; readonly uses: Readonly<Record<string, number>> }
  | { readonly kind: 'policy-create'; readonly project: string }
  | ({ readonly kind: 'policy-change' | 'policy-remove' } & OnePolicy)
  | { readonly kind: 'metadata-change'; readonly name: string }

export type AccessChanges = {
  readonly apply: (change: AccessChange, body: Uint8Array, asking: Asking) => unknown
  readonly policies: ProjectPolicies
}

export function createAccessChanges(database: Database, rows: Rows): AccessChanges {
  const keys: Keys = createKeys(database)
  const policies = createPolicies(database, rows)
  const describe: ChangeMetadata = createChangeMetadata(database, rows)
  const apply: AccessChanges['apply'] = (change, bytes, asking) => {
    switch (change.kind) {
      case 'key-create':
        return keys.create(bytes.length === 0 ? {} : readBody(bytes), asking)
      case 'key-revoke':
        return keys.revoke(change.key, asking)
      case 'keys-used':
        return keys.used(change.uses)
      case 'policy-create':
        return policies.create(change.project, readFull(bytes), asking)
      case 'policy-change':
        return policies.change(change, readFull(bytes), asking)
      case 'policy-remove':
        return policies.remove(change, asking)
      case 'metadata-change':
        return describe(change.name, readBody(bytes), asking)
    }
  }
  return { apply, policies }
}

function readFull(bytes: Uint8Array) {
  const body = readBody(bytes)
  if (Object.keys(body).length > 0) return body
  throw wrong('Request should not be empty')
}
