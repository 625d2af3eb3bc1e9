import { signal } from '@preact/signals'
import { api, ask, type Status } from './client.ts'

/** How much is stored, as the bar tells it. Follows what arrives, however much that is. */
export const status = signal<Status | null>(null)

const refreshEveryMs = 2000
let due: ReturnType<typeof setTimeout> | null = null

export async function refreshStatus(): Promise<void> {
  const result = await ask(api.status.get())
  if (result.kind === 'ok') status.value = result.data
}

export function refreshSoon(): void {
  due ??= setTimeout(() => {
    due = null
    void refreshStatus()
  }, refreshEveryMs)
}
