import type { Fault } from '../../core/fault.ts'
import { openAiError } from '../openai-error.ts'

/** Faults as chat completions tell them: its SDK throws on any chunk that has an `error`. */
export function refuse(fault: Fault, trace: string | null): unknown {
  return { error: openAiError(fault, trace) }
}

export function refuseEvent(fault: Fault, trace: string | null): string {
  return `data: ${JSON.stringify(refuse(fault, trace))}\n\n`
}
