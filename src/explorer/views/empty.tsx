import { shellQuoted } from '../format.ts'
import { CopyLine } from './copy.tsx'

/** Before the first exchange: what to do to have one. */
export function Empty() {
  const body = JSON.stringify({
    model: 'demo/human',
    stream: true,
    messages: [{ role: 'user', content: 'What is a weir?' }],
  })
  const line = [
    `curl -N ${location.origin}/v1/chat/completions`,
    "-H 'content-type: application/json'",
    `-d ${shellQuoted(body)}`,
  ].join(' \\\n  ')
  return (
    <div class="empty">
      <h2>No exchange yet</h2>
      <p>Weir shows here what passes through it. The built-in demo provider answers without any key:</p>
      <CopyLine text={line} />
      <p>
        Then point a client at <code>{location.origin}/openai/v1</code>,{' '}
        <code>{location.origin}/anthropic</code> or <code>{location.origin}/gemini</code>, with its own key.
      </p>
    </div>
  )
}
