import { render } from 'preact'
import { useEffect } from 'preact/hooks'
import { refused } from './client.ts'
import { listenToKeys } from './keys.ts'
import { watchOpen } from './running.ts'
import { place, start } from './state.ts'
import { ListView } from './views/list.tsx'
import { Login } from './views/login.tsx'
import { TopBar } from './views/top.tsx'
import { TraceView } from './views/trace.tsx'

/** The page: the list of exchanges and, beside or instead of it, the one that is open. */
function App() {
  useEffect(() => {
    const stops = [start(), watchOpen(), listenToKeys()]
    return () => {
      for (const stop of stops) stop()
    }
  }, [])
  if (refused.value !== null) return <Login problem={refused.value} />
  const isOpen = place.value.trace !== null
  return (
    <div class={isOpen ? 'page with-trace' : 'page'}>
      <TopBar />
      <ListView />
      {isOpen && <TraceView />}
    </div>
  )
}

const root = document.querySelector('#app')
// Within a frame of another site the page would invite clicks that are meant for something else.
if (root !== null && window.top === window) render(<App />, root)
