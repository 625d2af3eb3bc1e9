import { useSignal } from '@preact/signals'
import { useMemo } from 'preact/hooks'
import type { Said } from '../said.ts'
import { printed } from '../said.ts'
import { LongText } from './long.tsx'
import { Messages } from './said.tsx'

type Look = 'messages' | 'json' | 'both'
const looks: readonly { readonly look: Look; readonly words: string }[] = [
  { look: 'messages', words: 'Messages' },
  { look: 'json', words: 'JSON' },
  { look: 'both', words: 'Both' },
]

type BodyProperties = {
  readonly title: string
  readonly said: readonly Said[]
  readonly body: unknown
  readonly nothing: string
}

/** A request or an answer: as messages, as the JSON it is, or one beside the other. */
export function BodyView({ title, said, body, nothing }: BodyProperties) {
  const chosen = useSignal<Look>('messages')
  const look = said.length === 0 ? 'json' : chosen.value
  const isNothing = body === null || body === undefined || body === ''
  return (
    <section class="body" aria-label={title}>
      <div class="section-head">
        <h3>{title}</h3>
        {said.length > 0 && (
          <div class="looks" role="group" aria-label={`How to show: ${title}`}>
            {looks.map(({ look: one, words }) => (
              <button key={one} aria-pressed={look === one} onClick={() => (chosen.value = one)}>
                {words}
              </button>
            ))}
          </div>
        )}
      </div>
      {isNothing ? (
        <p class="calm">{nothing}</p>
      ) : (
        <div class={`both ${look}`}>
          {look !== 'json' && <Messages said={said} />}
          {look !== 'messages' && <Json value={body} />}
        </div>
      )}
    </section>
  )
}

function Json({ value }: { readonly value: unknown }) {
  const text = useMemo(() => printed(value), [value])
  return <LongText text={text} first={20_000} class="code" />
}
