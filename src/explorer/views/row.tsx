import type { Head } from '../client.ts'
import { formatBytes, formatCount, formatDollars, formatMs, formatTime, visible } from '../format.ts'
import { toHash } from '../place.ts'
import { focused, go, place } from '../state.ts'

type RowProperties = { readonly head: Head; readonly slowest: number; readonly isOpen: boolean }

/** One exchange in a line, or in two where there is little room. */
export function Row({ head, slowest, isOpen }: RowProperties) {
  const { id, startedAt, timing, sizes, usage, cost } = head
  const open = (event: MouseEvent) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return
    event.preventDefault()
    go({ trace: id }, place.value.trace === null ? 'push' : 'replace')
  }
  return (
    <li>
      <a
        id={`row-${id}`}
        class="row"
        href={toHash({ ...place.value, trace: id })}
        aria-current={isOpen ? 'true' : undefined}
        onClick={open}
        onFocus={() => (focused.value = id)}
      >
        <time dateTime={new Date(startedAt).toISOString()}>{formatTime(startedAt, Date.now())}</time>
        <Outcome head={head} />
        <Model head={head} />
        <span class="figure first" title="First byte">
          {formatMs(timing.firstByteMs)}
        </span>
        <span class="figure duration" title="Duration">
          {formatMs(timing.endedMs)}
        </span>
        <Pace head={head} slowest={slowest} />
        <span class="figure sizes" title="Bytes of the request and of the answer">
          {formatBytes(sizes.requestReceived.bytes)} <i>↑</i> {formatBytes(sizes.replyReceived.bytes)}{' '}
          <i>↓</i>
        </span>
        <span class="figure tokens" title={`Tokens of the prompt and of the answer; ${costOf(cost)}`}>
          {formatCount(usage?.input ?? null)} <i>→</i> {formatCount(usage?.output ?? null)}
        </span>
      </a>
    </li>
  )
}

function costOf(cost: Head['cost']): string {
  if (cost === null) return 'what it cost is not known'
  const { total, complete, estimated } = cost
  return `${complete ? '' : 'at least '}${formatDollars(total)}${estimated ? ', estimated' : ''}`
}

export function Outcome({ head: { outcome, status, detail } }: { readonly head: Head }) {
  return (
    <span class={`outcome ${outcome}`} title={detail === null ? undefined : visible(detail)}>
      <span class="dot" />
      {outcome}
      {status !== null && status !== 200 && <b>{status}</b>}
    </span>
  )
}

type Named = Pick<Head, 'provider' | 'model' | 'method' | 'path'>

export function Model({ head: { provider, model, method, path } }: { readonly head: Named }) {
  return (
    <span class="model">
      {provider !== null && (
        <>
          <bdi class="provider">{visible(provider)}</bdi>
          <i>/</i>
        </>
      )}
      <bdi>{visible(model ?? `${method} ${path}`)}</bdi>
    </span>
  )
}

/** Waiting and answering, against the slowest exchange in sight; a root keeps the short ones visible. */
function Pace({ head: { timing }, slowest }: { readonly head: Head; readonly slowest: number }) {
  const { firstByteMs, endedMs } = timing
  if (endedMs === null) return <span class="pace" />
  const total = Math.sqrt(endedMs / slowest) * 100
  const waited = firstByteMs === null ? total : (firstByteMs / Math.max(endedMs, 1)) * total
  return (
    <svg class="pace" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
      <rect class="waited" width={waited} height="8" />
      <rect class="told" x={waited} width={Math.max(total - waited, 0)} height="8" />
    </svg>
  )
}
