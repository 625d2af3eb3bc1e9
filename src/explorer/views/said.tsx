import { useState } from 'preact/hooks'
import { formatCount, visible } from '../format.ts'
import type { Part, Said } from '../said.ts'
import { LongText } from './long.tsx'

const firstShown = 3
const lastShown = 7
const moreAtOnce = 50
const textAtFirst = 4000

/** Messages as they read; of a long history the beginning and the end. */
export function Messages({ said }: { readonly said: readonly Said[] }) {
  const [more, setMore] = useState(0)
  const hidden = said.length - firstShown - lastShown - more
  if (hidden <= 1) return <ol class="said">{said.map(toMessage)}</ol>
  const cut = firstShown + hidden
  return (
    <ol class="said">
      {said.slice(0, firstShown).map(toMessage)}
      <li class="skipped">
        <button onClick={() => setMore(more + moreAtOnce)}>
          {formatCount(hidden)} messages between: show the last {Math.min(moreAtOnce, hidden)} of them
        </button>
      </li>
      {said.slice(cut).map((one, at) => toMessage(one, cut + at))}
    </ol>
  )
}

function toMessage({ role, parts }: Said, at: number) {
  return (
    <li key={at} class={`message ${['system', 'user', 'assistant', 'tool'].includes(role) ? role : 'other'}`}>
      <h4>{visible(role)}</h4>
      <div class="parts">
        {parts.map((part, index) => (
          <PartView key={index} part={part} />
        ))}
      </div>
    </li>
  )
}

function PartView({ part }: { readonly part: Part }) {
  switch (part.kind) {
    case 'text':
      return <LongText text={part.text} first={textAtFirst} class="prose" />
    case 'thinking':
      return (
        <details class="thinking" open={part.text.length < 600}>
          <summary>thinking</summary>
          <LongText text={part.text} first={textAtFirst} class="prose" />
        </details>
      )
    case 'call':
      return (
        <div class="call">
          <h5>
            calls <bdi>{visible(part.name)}</bdi>
          </h5>
          <LongText text={part.text} first={textAtFirst} class="code" />
        </div>
      )
    case 'result':
      return (
        <div class="call">
          <h5>
            result of <bdi>{visible(part.name)}</bdi>
          </h5>
          <LongText text={part.text} first={textAtFirst} class="code" />
        </div>
      )
    case 'other':
      return <Folded name={part.name} value={part.value} />
  }
}

/** What has no reading of its own: its JSON, made only when somebody looks. */
function Folded({ name, value }: { readonly name: string; readonly value: unknown }) {
  const [isOpen, setOpen] = useState(false)
  return (
    <details class="thinking" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>{visible(name)}</summary>
      {isOpen && <LongText text={JSON.stringify(value, null, 2)} first={textAtFirst} class="code" />}
    </details>
  )
}
