import { useState } from 'preact/hooks'
import { toBlocks } from '../blocks.ts'
import { formatBytes, formatCount, visible } from '../format.ts'

type LongProperties = {
  readonly text: string
  /** How many characters are shown at first. */
  readonly first: number
  readonly class?: string
}

/** Text of any length, as text only. What is too long for a look is cut, and shown whole when asked for. */
export function LongText({ text, first, class: name = '' }: LongProperties) {
  const [shown, setShown] = useState(first)
  // A little more than the cut is not worth a button.
  const { blocks, end } = toBlocks(text, text.length <= shown * 1.2 ? text.length : shown)
  const isCut = end < text.length
  return (
    <>
      <div class={`long ${name}`} dir="auto" tabIndex={isCut || text.length > 2000 ? 0 : undefined}>
        {blocks.length === 1
          ? visible(blocks[0] ?? '')
          : blocks.map((block, at) => <div key={at}>{visible(block)}</div>)}
      </div>
      {isCut && (
        <p class="cut">
          {formatCount(text.length - end)} more characters{' '}
          <button onClick={() => setShown(Math.max(shown * 8, 100_000))}>Show more</button>{' '}
          <button onClick={() => setShown(text.length)}>Show all {formatBytes(text.length)}</button>
        </p>
      )}
    </>
  )
}
