import { render } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { refused } from './client.ts'
import { listenToKeys } from './keys.ts'
import { watchPlace } from './opened.ts'
import { watchPush } from './push.ts'
import { watchOpen } from './running.ts'
import { place, start } from './state.ts'
import { ListView } from './views/list.tsx'
import { Login } from './views/login.tsx'
import { TopBar } from './views/top.tsx'
import { TraceView } from './views/trace.tsx'

/** The page: the list of exchanges and, beside or instead of it, the one that is open. */
function App() {
  const { trace } = place.value
  useWayBack(trace)
  if (refused.value !== null) return <Login problem={refused.value} />
  const isOpen = trace !== null
  return (
    <div class={isOpen ? 'page with-trace' : 'page'}>
      <TopBar />
      <ListView />
      {isOpen && <TraceView />}
    </div>
  )
}

/** Where a trace has closed the keyboard is back in its row: at once, or it would be taken from what the next key chose. */
function useWayBack(trace: string | null): void {
  const before = useRef<string | null>(null)
  useLayoutEffect(() => {
    if (trace === null && before.current !== null)
      document.querySelector<HTMLElement>(`#row-${before.current}`)?.focus()
    before.current = trace
  }, [trace])
}

const root = document.querySelector('#app')
// Within a frame of another site the page would invite clicks that are meant for something else.
if (root !== null && window.top === window) {
  start()
  watchPlace()
  watchOpen()
  watchPush()
  listenToKeys()
  render(<App />, root)
}
