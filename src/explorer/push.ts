import { computed, effect } from '@preact/signals'
import { api, ask, type Trace } from './client.ts'
import { opened } from './opened.ts'
import { tellPush } from './pushed.ts'

/** The push of the exchange that is open: asked for again while it is under way, ever less often, where somebody looks. */
const firstMs = 2000
const mostMs = 60_000

const underWay = computed(() => {
  const state = opened.value
  return state.kind === 'open' && isUnderWay(state.trace) ? state.id : null
})

export function watchPush(): void {
  effect(() => {
    const id = underWay.value
    if (id === null) return
    let waitMs = firstMs
    let timer: Timer | undefined
    const look = async () => {
      if (document.visibilityState === 'visible') await renew(id)
      if (timer !== undefined) wait()
    }
    const wait = () => {
      timer = setTimeout(() => void look(), waitMs)
      waitMs = Math.min(waitMs * 2, mostMs)
    }
    wait()
    return () => {
      clearTimeout(timer)
      timer = undefined
    }
  })
}

function isUnderWay({ pushed }: Trace): boolean {
  return pushed !== null && tellPush(pushed).isUnderWay
}

/** Of the rest nothing has changed: what was read of the bodies stays read. */
async function renew(id: string): Promise<void> {
  const result = await ask(api.traces({ id }).get())
  const state = opened.peek()
  if (result.kind === 'failed' || state.kind !== 'open' || state.id !== id) return
  opened.value = { ...state, trace: { ...state.trace, pushed: result.data.pushed } }
}
