import { focused, go, paused, place, rows } from './state.ts'
import { neighbour } from './rows.ts'

/** j and k go through the list, Enter opens, Escape closes, / searches, p pauses. */
export function listenToKeys(): void {
  addEventListener('keydown', press)
}

function press(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]') !== null)
    return
  if (event.key === 'Escape') return leave(event)
  if (isTyping(event.target)) return
  const act = actions[event.key]
  if (act === undefined) return
  event.preventDefault()
  act()
}

const actions: Readonly<Record<string, () => void>> = {
  j: () => step(1),
  k: () => step(-1),
  p: () => void (paused.value = !paused.value),
  '/': () => document.querySelector<HTMLInputElement>('#search')?.select(),
}

/** With a trace open the neighbour is opened; otherwise the focus moves, and Enter is the link's own. */
function step(by: 1 | -1): void {
  const next = neighbour(rows.value.heads, place.value.trace ?? focused.value, by)
  if (next === undefined) return
  focused.value = next.id
  if (place.value.trace !== null) go({ trace: next.id }, 'replace')
  const row = document.querySelector<HTMLElement>(`#row-${next.id}`)
  row?.focus({ preventScroll: true })
  row?.scrollIntoView({ block: 'nearest' })
}

function leave(event: KeyboardEvent): void {
  if (isTyping(event.target)) {
    if (event.target instanceof HTMLElement) event.target.blur()
    return
  }
  if (place.value.trace !== null) go({ trace: null })
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches('input, select, textarea')
}
