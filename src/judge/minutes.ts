import type { Judged, Noted } from '../merge/judged.ts'
import { verdictOf } from '../merge/judged.ts'
import type { Recorder } from '../merge/recorder.ts'
import { addHidden, addReplaced, type Recording } from '../merge/recording.ts'

/** What the trace of an exchange is to know of its judgement. What is found after its end is added to it. */
export type Minutes = {
  readonly found: (findings: readonly Noted[]) => void
  readonly blocked: () => void
  /** How many of the answer's bytes have left. */
  readonly leftBytes: () => number
  /** Came and never left. */
  readonly dropped: (bytes: Uint8Array) => void
  /** The part that was recorded last left as this. */
  readonly replaced: (chunk: Uint8Array, by: Uint8Array) => void
}

// A rule may find as much as it likes; a trace tells the first of it.
const mostFindings = 100
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

export function takeMinutes(
  recording: Recording,
  recorder: Pick<Recorder, 'reply' | 'annotate'>,
  policy: string,
): Minutes {
  let isBlocked = false
  let findings: Noted[] = []
  const write = (): void => {
    const judged: Judged = { policy, verdict: verdictOf(findings, isBlocked), findings }
    if (recording.end === null) recording.judged = judged
    else recorder.annotate(recording, judged)
  }
  write()
  return {
    found: (more) => {
      if (more.length === 0) return
      findings = [...findings, ...more].slice(0, mostFindings)
      write()
    },
    blocked: () => {
      isBlocked = true
      write()
    },
    leftBytes: () => recording.sentBytes,
    dropped: (bytes) => {
      const at = recording.replyBytes
      recorder.reply(recording, bytes)
      addHidden(recording, at, bytes.byteLength)
      recording.sentBytes += bytes.byteLength
    },
    replaced: (chunk, by) => addReplaced(recording, chunk.byteLength, decoder.decode(by)),
  }
}
