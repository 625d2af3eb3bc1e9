import { useState } from 'preact/hooks'

/** A command to copy, shown whole. */
export function CopyLine({ text }: { readonly text: string }) {
  return (
    <div class="copy-line">
      <pre>{text}</pre>
      <CopyButton text={text} label="Copy" />
    </div>
  )
}

type CopyProperties = { readonly text: string; readonly label: string; readonly title?: string }

export function CopyButton({ text, label, title }: CopyProperties) {
  const [said, setSaid] = useState<string | null>(null)
  const copy = () => {
    const tell = (words: string) => {
      setSaid(words)
      setTimeout(() => setSaid(null), 1500)
    }
    // Over plain HTTP from another machine a browser offers no clipboard.
    const written = navigator.clipboard?.writeText(text) ?? Promise.reject(new Error('no clipboard'))
    written.then(
      () => tell('Copied'),
      () => tell('Not allowed'),
    )
  }
  return (
    <button type="button" class="copy" title={title} onClick={copy}>
      <span aria-live="polite">{said ?? label}</span>
    </button>
  )
}
