import type { KeepingOptions } from './keeping.ts'

/** What a worker is told first: to keep what the main thread passes on, or to read for whoever asks. */
export type Duty = ({ readonly kind: 'keep' } & Keep) | { readonly kind: 'read'; readonly path: string }

export type Keep = Pick<KeepingOptions, 'path' | 'settings' | 'ledger' | 'sender' | 'recovers'>
