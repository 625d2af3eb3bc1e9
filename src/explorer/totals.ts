import { signal } from '@preact/signals'
import { api, ask, type Costs, type Status } from './client.ts'

/** How much is stored, as the bar tells it. Follows what arrives, however much that is. */
export const status = signal<Status | null>(null)
/** What all of it cost, as far as that is known. */
export const costs = signal<Costs | null>(null)

const refreshEveryMs = 2000
let due: ReturnType<typeof setTimeout> | null = null

export async function refreshStatus(): Promise<void> {
  const [result, spent] = await Promise.all([ask(api.status.get()), ask(api.costs.get({ query: {} }))])
  if (result.kind === 'ok') status.value = result.data
  if (spent.kind === 'ok') costs.value = spent.data
}

export function refreshSoon(): void {
  due ??= setTimeout(() => {
    due = null
    void refreshStatus()
  }, refreshEveryMs)
}
