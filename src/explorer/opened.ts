import { effect, signal } from '@preact/signals'
import { api, ask, type Timeline, token, type Trace } from './client.ts'
import { focused, place } from './state.ts'

/** The exchange that the address names, asked for once it does. */
export type Opened =
  | { readonly kind: 'none' }
  | { readonly kind: 'loading'; readonly id: string }
  | { readonly kind: 'failed'; readonly id: string; readonly message: string }
  | { readonly kind: 'open'; readonly id: string; readonly trace: Trace; readonly timeline: Timeline | null }

export const opened = signal<Opened>({ kind: 'none' })

export function watchPlace(): void {
  effect(() => void open(place.value.trace, token.value))
}

async function open(id: string | null, _token: string | null): Promise<void> {
  if (id === null) {
    opened.value = { kind: 'none' }
    return
  }
  focused.value = id
  const before = opened.peek()
  if (before.kind !== 'open' || before.id !== id) opened.value = { kind: 'loading', id }
  const result = await ask(api.traces({ id }).get())
  if (place.peek().trace !== id) return
  if (result.kind === 'failed') {
    opened.value = { kind: 'failed', id, message: result.message }
    return
  }
  opened.value = { kind: 'open', id, trace: result.data, timeline: null }
  const timeline = await ask(api.traces({ id }).timeline.get())
  if (place.peek().trace !== id || timeline.kind === 'failed') return
  opened.value = { kind: 'open', id, trace: result.data, timeline: timeline.data }
}
