import type { Metrics } from '../core/metrics.ts'
import type { Judges } from './judges.ts'
import type { Said } from './messages.ts'

/** What is counted of judgements: how many, how long they took, how long anybody waited for them, what they found. */
export type Observe = {
  /** Somebody waited for a verdict. */
  readonly waited: (seconds: number) => void
  /** So many bytes of answers more are held back. */
  readonly held: (bytes: number) => void
  /** The thread has answered. */
  readonly judged: (said: Said, ms: number) => void
}

export function createJudgeObserve(metrics: Metrics): Observe {
  const judgements = metrics.counter('weir_judgements_total', 'Judgements of requests and parts of answers')
  const findings = metrics.counter('weir_findings_total', 'What rules found, and what could not be judged')
  const seconds = metrics.histogram('weir_judgement_seconds', 'What a judgement took, detectors included')
  const waits = metrics.histogram('weir_judgement_wait_seconds', 'What an exchange waited for a verdict')({})
  let heldBytes = 0
  metrics.gauge('weir_held_bytes', 'Bytes of answers that rules hold back', () => heldBytes)
  const lines = new Map<string, { readonly add: () => void; readonly observe: (ms: number) => void }>()

  function linesOf(part: string, verdict: string) {
    const key = `${part} ${verdict}`
    const known = lines.get(key)
    if (known !== undefined) return known
    const counter = judgements({ part, verdict })
    const time = seconds({ part })
    const made = { add: () => counter.add(), observe: (ms: number) => time.observe(ms / 1000) }
    lines.set(key, made)
    return made
  }

  return {
    waited: (time) => waits.observe(time),
    held: (bytes) => void (heldBytes += bytes),
    judged: (said, ms) => {
      const line = linesOf(...kindOf(said))
      line.add()
      line.observe(ms)
      if (said.kind === 'failed') return
      for (const { kind, action } of said.findings) findings({ kind, action }).add()
    },
  }
}

export function gaugeJudges(metrics: Metrics, { state }: Judges): void {
  metrics.gauge('weir_judge_waiting', 'Judgements that are waited for', () => state().waiting)
  metrics.gauge('weir_judge_bytes', 'Bytes that rules have in hand', () => state().inHandBytes)
  metrics.gauge(
    'weir_judge_restarts',
    'Times the thread that judges had to be replaced',
    () => state().restarts,
  )
}

function kindOf(said: Said): [part: string, verdict: string] {
  switch (said.kind) {
    case 'ruled':
      return ['request', said.ruling.kind]
    case 'stepped':
      return ['answer', said.stop?.kind ?? 'pass']
    case 'closed':
      return ['after', said.findings.length === 0 ? 'pass' : 'found']
    case 'failed':
      return ['none', 'failed']
  }
}
