import { useEffect, useRef } from 'preact/hooks'
import type { Head } from '../client.ts'
import { isFiltered } from '../place.ts'
import { running } from '../rows.ts'
import { open } from '../running.ts'
import {
  atTop,
  clearFilter,
  failure,
  held,
  heldCount,
  loading,
  loadOlder,
  place,
  rows,
  showHeld,
} from '../state.ts'
import { Empty } from './empty.tsx'
import { Row } from './row.tsx'
import { Running } from './running.tsx'

/** The exchanges, newest first. New ones arrive at the top unless that would move what is being read or aimed at. */
export function ListView() {
  const { heads, next } = rows.value
  const scroller = useScroller()
  const isRunning = running(open.value, heads, place.value.filter).length > 0
  const isEmpty = heads.length === 0 && !isRunning && loading.value === null && failure.value === null
  const slowest = heads.reduce((most, { timing }) => Math.max(most, timing.endedMs ?? 0), 1)
  return (
    <main class="list" ref={scroller} aria-label="Exchanges" aria-busy={loading.value !== null}>
      {heldCount.value > 0 && (
        <button
          class="held"
          onClick={() => {
            showHeld()
            scroller.current?.scrollTo({ top: 0 })
          }}
        >
          {held.value.length} new
        </button>
      )}
      {failure.value !== null && (
        <p class="failure" role="alert">
          {failure.value}
        </p>
      )}
      {(heads.length > 0 || isRunning) && <Columns />}
      <Running />
      <ol class="rows">
        {heads.map((head: Head) => (
          <Row key={head.id} head={head} slowest={slowest} isOpen={head.id === place.value.trace} />
        ))}
      </ol>
      {isEmpty && <Nothing />}
      {loading.value === 'first' && heads.length === 0 && <p class="calm">Looking</p>}
      {next !== null && (
        <button class="older" disabled={loading.value === 'older'} onClick={() => void loadOlder()}>
          {loading.value === 'older' ? 'Looking' : 'Older exchanges'}
        </button>
      )}
    </main>
  )
}

function Nothing() {
  if (!isFiltered(place.value.filter)) return <Empty />
  return (
    <div class="empty">
      <h2>{rows.value.next === null ? 'Nothing matches' : 'Nothing so far'}</h2>
      <p>No exchange {rows.value.next === null ? '' : 'of late '}has all that the filters ask for.</p>
      <button onClick={clearFilter}>Clear the filters</button>
    </div>
  )
}

function Columns() {
  return (
    <div class="columns" aria-hidden="true">
      <span>Time</span>
      <span>Outcome</span>
      <span>Model</span>
      <span class="figure">First byte</span>
      <span class="figure">Duration</span>
      <span />
      <span class="figure">Sent, received</span>
      <span class="figure">Tokens in, out</span>
    </div>
  )
}

/** How long the list stays put after the pointer last moved over it. */
const aimMs = 1200

function useScroller() {
  const element = useRef<HTMLElement>(null)
  useEffect(() => {
    const list = element.current
    if (list === null) return
    let timer: ReturnType<typeof setTimeout> | undefined
    const look = () => void (atTop.value = list.scrollTop < 8)
    const aim = () => {
      atTop.value = false
      clearTimeout(timer)
      timer = setTimeout(look, aimMs)
    }
    list.addEventListener('scroll', aim, { passive: true })
    list.addEventListener('pointermove', aim, { passive: true })
    return () => {
      clearTimeout(timer)
      list.removeEventListener('scroll', aim)
      list.removeEventListener('pointermove', aim)
    }
  }, [])
  return element
}
