import type { KeepingOptions } from './keeping.ts'

/** What a worker is told first: to keep what the main thread passes on, to read for whoever asks, to judge for them, or to send. */
export type Duty<Target = never> =
  | ({ readonly kind: 'keep' } & Keep)
  | { readonly kind: 'read'; readonly path: string }
  | { readonly kind: 'check' }
  | { readonly kind: 'push'; readonly path: string; readonly targets: readonly Target[] }

export type Keep = Pick<KeepingOptions, 'path' | 'settings' | 'ledger' | 'pushes' | 'sender' | 'recovers'>
