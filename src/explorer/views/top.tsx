import { useEffect, useRef, useState } from 'preact/hooks'
import { outcomes } from '../../merge/report.ts'
import type { Costs } from '../client.ts'
import { formatBytes, formatCount, formatDollars } from '../format.ts'
import { connection } from '../live.ts'
import { isFiltered } from '../place.ts'
import { clearFilter, filterBy, paused, place, rows } from '../state.ts'
import { costs, status } from '../totals.ts'

/** Name, search, filters, and whether the list is live. */
export function TopBar() {
  const { filter } = place.value
  return (
    <header class="top">
      <h1>
        <a href="#/" title="All exchanges">
          <Mark /> Weir
        </a>
      </h1>
      <form class="filters" role="search" onSubmit={(event) => event.preventDefault()}>
        <Search text={filter.text} />
        <label class="only-heard" for="outcome">
          Outcome
        </label>
        <select
          id="outcome"
          class={filter.outcome === '' ? '' : 'chosen'}
          value={filter.outcome}
          onChange={({ currentTarget: { value } }) =>
            filterBy({ outcome: outcomes.find((known) => known === value) ?? '' })
          }
        >
          <option value="">Outcome</option>
          {outcomes.map((outcome) => (
            <option key={outcome} value={outcome}>
              {outcome}
            </option>
          ))}
        </select>
        <Providers chosen={filter.provider} />
        {isFiltered(filter) && (
          <button type="button" class="quiet" onClick={clearFilter}>
            Clear
          </button>
        )}
      </form>
      <Totals />
      <Live />
    </header>
  )
}

function Search({ text }: { readonly text: string }) {
  const [typed, setTyped] = useState(text)
  const sent = useRef(text)
  useEffect(() => {
    if (text !== sent.current) setTyped((sent.current = text))
  }, [text])
  useEffect(() => {
    const timer = setTimeout(() => filterBy({ text: (sent.current = typed.trim()) }), 250)
    return () => clearTimeout(timer)
  }, [typed])
  return (
    <>
      <label class="only-heard" for="search">
        Search in requests and answers
      </label>
      <input
        id="search"
        type="search"
        placeholder="Search   /"
        maxlength={500}
        value={typed}
        onInput={({ currentTarget }) => setTyped(currentTarget.value)}
      />
    </>
  )
}

function Providers({ chosen }: { readonly chosen: string }) {
  const known = new Set(rows.value.heads.flatMap(({ provider }) => provider ?? []))
  if (chosen !== '') known.add(chosen)
  return (
    <>
      <label class="only-heard" for="provider">
        Provider
      </label>
      <select
        id="provider"
        class={chosen === '' ? '' : 'chosen'}
        value={chosen}
        onChange={({ currentTarget: { value } }) => filterBy({ provider: value })}
      >
        <option value="">Provider</option>
        {[...known].sort().map((provider) => (
          <option key={provider} value={provider}>
            {provider}
          </option>
        ))}
      </select>
    </>
  )
}

function Totals() {
  if (status.value === null) return null
  const { totals, version } = status.value
  const spent = costs.value?.total
  return (
    <p class="totals" title={`Weir ${version}${spent === undefined ? '' : `; ${missingIn(spent)}`}`}>
      {formatCount(totals.count)} exchanges · {formatBytes(totals.bytes)}
      {spent !== undefined && ` · ${formatDollars(spent.cost)}`}
    </p>
  )
}

/** What the sum does not say. */
function missingIn({ unpriced, incomplete, estimated }: Costs['total']): string {
  return `${formatCount(unpriced)} without a price, ${formatCount(incomplete)} only in part, ${formatCount(estimated)} estimated`
}

function Live() {
  const state = paused.value ? 'paused' : connection.value
  const words = { paused: 'Paused', live: 'Live', connecting: 'Connecting', lost: 'Connection lost' }
  return (
    <button
      type="button"
      class={`live ${state}`}
      aria-pressed={paused.value}
      title="Pause or go on (p)"
      onClick={() => (paused.value = !paused.value)}
    >
      <span class="dot" /> {words[state]}
    </button>
  )
}

function Mark() {
  return (
    <svg class="mark" viewBox="0 0 20 16" width="20" height="16" aria-hidden="true">
      <path d="M1 4h8v7h10" />
      <path d="M1 8h4v7h14" />
    </svg>
  )
}
