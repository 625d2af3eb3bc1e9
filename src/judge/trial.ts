import type { Bytes } from '../wire/body.ts'
import type { AnswerOf, Finding, Order, Step, Stop } from './answer.ts'
import { toError, tryCase, type Verdict } from './court.ts'
import type { Masks } from './mask/masks.ts'
import { then, type Maybe } from './maybe.ts'
import type { Reading } from './reading.ts'

/** What was found in an answer so far, each thing once, and whether more of it may leave. */
export type Trial = {
  readonly hear: (orders: readonly Order[], reading: Reading, masks: Masks) => Maybe<undefined>
  /** Nothing can be found any more. `mustStop`: nor can what comes be handed on. */
  readonly giveUp: (orders: readonly Order[], why: string, mustStop: boolean) => void
  readonly isOver: () => boolean
  /** What is new since the last time; null if nothing is. */
  readonly found: () => Pick<Step, 'findings' | 'stop'> | null
}

/** `close`: the end of a steered answer with this message; null where nothing is steered. */
export function createTrial(
  of: AnswerOf,
  leftBytes: () => number,
  close: (message: string) => Bytes | null,
): Trial {
  const told = new Set<string>()
  let findings: Finding[] = []
  let stop: Stop | null = null
  let isOver = false

  function hear(orders: readonly Order[], reading: Reading, masks: Masks): Maybe<undefined> {
    const verdict = tryCase(orders, { ...reading, leftBytes: leftBytes() }, of)
    return then(verdict, (known) => settle(known, reading, masks))
  }
  function settle(verdict: Verdict, { sources, from }: Reading, masks: Masks): undefined {
    findings.push(...verdict.findings.filter(isNew))
    const bare = verdict.masks.find(({ violation }) => !masks.lay(violation, sources, from))
    const by = verdict.stop ?? bare?.finding
    if (by !== undefined) stopBy(by)
  }
  function isNew(finding: Finding): boolean {
    const { order, kind, message } = finding
    const key = `${order} ${kind === 'violation' ? finding.violation.identity : message}`
    if (told.has(key)) return false
    told.add(key)
    return true
  }
  function stopBy(finding: Finding): void {
    isOver = true
    const isSteered = finding.action === 'steer' && finding.kind === 'violation'
    const closing = isSteered ? close(finding.message) : null
    stop = closing === null ? { kind: 'block', finding } : { kind: 'steer', finding, closing }
  }
  function giveUp(orders: readonly Order[], why: string, mustStop: boolean): void {
    const found = orders.map((order) => ({ order, finding: toError(order, why, leftBytes(), null) }))
    findings.push(...found.map(({ finding }) => finding))
    const first = found.find(({ order }) => mustStop || order.onError === 'block')
    if (first !== undefined) stopBy(first.finding)
  }
  return {
    hear,
    giveUp,
    isOver: () => isOver,
    found: () => {
      if (findings.length === 0 && stop === null) return null
      const found = { findings, stop }
      findings = []
      stop = null
      return found
    },
  }
}
