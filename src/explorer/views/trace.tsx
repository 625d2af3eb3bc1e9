import { useEffect, useMemo, useRef } from 'preact/hooks'
import { answerFacts, type Fact } from '../answer.ts'
import type { Trace } from '../client.ts'
import { formatBytes, formatCount, formatMs, visible } from '../format.ts'
import { opened, type Opened } from '../opened.ts'
import { readReply, readRequest } from '../reading.ts'
import { go } from '../state.ts'
import { Actions } from './actions.tsx'
import { BodyView } from './body.tsx'
import { CopyButton } from './copy.tsx'
import { Cost, costFact } from './cost.tsx'
import { LongText } from './long.tsx'
import { Push } from './push.tsx'
import { Outcome } from './row.tsx'
import { Headers, Sizes } from './sizes.tsx'
import { Timing } from './timing.tsx'
import { Verdicts } from './verdicts.tsx'

/** One exchange: what was asked, what was answered, when, how many bytes, and why if it failed. */
export function TraceView() {
  const state = opened.value
  const article = useRef<HTMLElement>(null)
  const id = state.kind === 'none' ? null : state.id
  useEffect(() => article.current?.scrollTo({ top: 0 }), [id])
  return (
    <article class="trace" ref={article} aria-label="Exchange" aria-busy={state.kind === 'loading'}>
      <button
        class="close quiet"
        title="Close (Escape)"
        aria-label="Close"
        onClick={() => go({ trace: null })}
      >
        ✕
      </button>
      <Content state={state} />
    </article>
  )
}

function Content({ state }: { readonly state: Opened }) {
  switch (state.kind) {
    case 'none':
    case 'loading':
      return <p class="calm">Looking</p>
    case 'failed':
      return (
        <p class="failure" role="alert">
          {state.message}
        </p>
      )
    case 'open':
      return <Whole key={state.id} state={state} />
  }
}

function Whole({ state: { trace, timeline } }: { readonly state: Opened & { readonly kind: 'open' } }) {
  const { dialect, request, reply } = trace
  const asked = useMemo(() => readRequest(dialect, request), [dialect, request])
  const told = useMemo(() => readReply(dialect, reply), [dialect, reply])
  return (
    <>
      <Summary trace={trace} />
      <Actions trace={trace} />
      <Trouble trace={trace} />
      <Verdicts trace={trace} />
      <Timing trace={trace} timeline={timeline} />
      <BodyView title="Answer" said={told} body={reply} nothing="Nothing of an answer had come." />
      <BodyView title="Request" said={asked} body={request} nothing="The request had no body." />
      <Push trace={trace} />
      <Cost trace={trace} />
      <Sizes trace={trace} />
      <section aria-label="Headers">
        <Headers title="Request headers" headers={trace.requestHeaders} />
        <Headers title="Answer headers" headers={trace.replyHeaders} />
      </section>
    </>
  )
}

function Summary({ trace }: { readonly trace: Trace }) {
  const { id, provider, model, method, path, startedAt, timing, usage, sizes, project, dialect, attempts } =
    trace
  const facts: readonly Fact[] = [
    ['first byte', formatMs(timing.firstByteMs)],
    ['duration', formatMs(timing.endedMs)],
    ['answer', formatBytes(sizes.replyReceived.bytes)],
    ['tokens in', formatCount(usage?.input ?? null)],
    ['cached', formatCount(usage?.cachedInput ?? null)],
    ['tokens out', formatCount(usage?.output ?? null)],
    ['reasoning', formatCount(usage?.reasoning ?? null)],
    ['cost', costFact(trace.cost)],
    ['attempts', formatCount(attempts)],
    ...answerFacts(trace),
  ]
  return (
    <header class="summary">
      <p class="over">
        <Outcome head={trace} />
        <time dateTime={new Date(startedAt).toISOString()}>
          {new Date(startedAt).toLocaleString('sv-SE')}
        </time>
        <span>{trace.stream ? 'streamed' : 'whole'}</span>
      </p>
      <h2>
        <bdi>{visible(model ?? path)}</bdi>
      </h2>
      <p class="under">
        <bdi>{visible([provider, dialect, project].filter((name) => name !== null).join(' · '))}</bdi>
        <code>
          {method} <bdi>{visible(path)}</bdi>
        </code>
        <CopyButton text={id} label={id} title="Copy the id" />
      </p>
      <dl class="facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <bdi>{value}</bdi>
            </dd>
          </div>
        ))}
      </dl>
    </header>
  )
}

function Trouble({ trace: { detail, error } }: { readonly trace: Trace }) {
  if (detail === null && (error === null || error === undefined)) return null
  return (
    <section class="trouble" aria-label="What went wrong">
      {detail !== null && <p>{visible(detail)}</p>}
      {error !== null && error !== undefined && (
        <LongText text={JSON.stringify(error, null, 2)} first={4000} class="code" />
      )}
    </section>
  )
}
