import { signal } from '@preact/signals'
import { api, ask, type OpenHead, refused } from './client.ts'

/** The exchanges that still run, asked for every other second: no event tells of them before they have ended. */
export const open = signal<readonly OpenHead[]>([])
/** The moment of the last answer, to which their durations are counted. */
export const askedAt = signal(Date.now())

const askEveryMs = 2000

export function watchOpen(): void {
  const look = async () => {
    if (document.visibilityState !== 'visible' || refused.peek() !== null) return
    const result = await ask(api.open.get())
    // Nobody knows what runs while Weir cannot be asked.
    const next = result.kind === 'ok' ? result.data.exchanges : []
    if (next.length === 0 && open.peek().length === 0) return
    askedAt.value = Date.now()
    open.value = next
  }
  void look()
  setInterval(() => void look(), askEveryMs)
}
