import { formatBytes, formatMs, formatTime } from '../format.ts'
import { place, rows } from '../state.ts'
import { running } from '../rows.ts'
import { askedAt, open } from '../running.ts'
import { Model } from './row.tsx'

/** What still runs, above what has ended: it can be seen, and opened once it has ended. */
export function Running() {
  const exchanges = running(open.value, rows.value.heads, place.value.filter)
  if (exchanges.length === 0) return null
  return (
    <ol class="rows running" aria-label="Running exchanges">
      {exchanges.map((exchange) => (
        <li key={exchange.id}>
          <div class="row" title={exchange.id}>
            <time dateTime={new Date(exchange.startedAt).toISOString()}>
              {formatTime(exchange.startedAt, askedAt.value)}
            </time>
            <span class="outcome running">
              <span class="dot" />
              running
            </span>
            <Model head={exchange} />
            <span class="figure first" />
            <span class="figure duration" title="Duration so far">
              {formatMs(Math.max(askedAt.value - exchange.startedAt, 0))}
            </span>
            <span class="pace" />
            <span class="figure sizes" title="Bytes of the request">
              {formatBytes(exchange.requestBytes)} <i>↑</i>
            </span>
            <span class="figure tokens" />
          </div>
        </li>
      ))}
    </ol>
  )
}
