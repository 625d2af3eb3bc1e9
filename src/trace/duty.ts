import type { KeepingOptions } from './keeping.ts'

/** What a worker is told first: to keep what the main thread passes on, to read for whoever asks, or to judge for them. */
export type Duty =
  | ({ readonly kind: 'keep' } & Keep)
  | { readonly kind: 'read'; readonly path: string }
  | { readonly kind: 'check' }

export type Keep = Pick<KeepingOptions, 'path' | 'settings' | 'ledger' | 'sender' | 'recovers'>
