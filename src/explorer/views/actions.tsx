import { useRef, useState } from 'preact/hooks'
import { fetchBytes, token, type Trace } from '../client.ts'
import { shellQuoted } from '../format.ts'
import { remove } from '../state.ts'
import { CopyButton } from './copy.tsx'

/** What can be done with one exchange. */
export function Actions({ trace }: { readonly trace: Trace }) {
  const [problem, setProblem] = useState<string | null>(null)
  const failed = (error: unknown) => setProblem(error instanceof Error ? error.message : String(error))
  const hasAnswer = trace.status !== null
  return (
    <div class="actions">
      {hasAnswer && <button onClick={() => void save(trace.id, 'raw').catch(failed)}>Raw answer</button>}
      <button onClick={() => void save(trace.id, 'request').catch(failed)}>Raw request</button>
      {hasAnswer && (
        <CopyButton
          text={replayLine(trace)}
          label="Copy replay"
          title="The answer again, at its own pace, as a curl line"
        />
      )}
      <Remove trace={trace} failed={failed} />
      {problem !== null && <span role="alert">{problem}</span>}
    </div>
  )
}

/** Saved through a fetch, because a link could not carry the token. */
async function save(id: string, what: 'raw' | 'request'): Promise<void> {
  const response = await fetchBytes(`/api/traces/${id}/${what}`)
  const name = /filename="([^"]+)"/.exec(response.headers.get('content-disposition') ?? '')?.[1]
  // As bytes without a type: what a model said must not be opened as a page.
  const blob = new Blob([await response.arrayBuffer()], { type: 'application/octet-stream' })
  const link = document.createElement('a')
  link.href = URL.createObjectURL(blob)
  link.download = name ?? `${id}.bin`
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}

function replayLine({ id }: Trace): string {
  const guard = token.value === null ? '' : ' -H "Authorization: Bearer $WEIR_TOKEN"'
  return `curl -sN --compressed${guard} ${shellQuoted(`${location.origin}/api/traces/${id}/replay?speed=1`)}`
}

function Remove({ trace, failed }: { readonly trace: Trace; readonly failed: (error: unknown) => void }) {
  const dialog = useRef<HTMLDialogElement>(null)
  const confirm = async () => {
    dialog.current?.close()
    const problem = await remove(trace.id)
    if (problem !== null) failed(new Error(problem))
  }
  return (
    <>
      <button class="danger" onClick={() => dialog.current?.showModal()}>
        Delete
      </button>
      <dialog ref={dialog} aria-labelledby="remove-title">
        <h2 id="remove-title">Delete this exchange?</h2>
        <p>Its request and its answer are removed for good.</p>
        <div class="actions">
          <button autofocus onClick={() => dialog.current?.close()}>
            Keep it
          </button>
          <button class="danger" onClick={() => void confirm()}>
            Delete
          </button>
        </div>
      </dialog>
    </>
  )
}
