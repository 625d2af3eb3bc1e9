import type { Fault } from '../../core/fault.ts'
import { openAiError } from '../openai-error.ts'

/** Faults as Responses tells them. */
export function refuse(fault: Fault, trace: string | null): unknown {
  return { error: openAiError(fault, trace) }
}

/**
 * The fields of the documented event, and the same again under `error`, as OpenAI sends it: without that openai
 * 6.49.0 hands the event out as any other and ends clean (measured).
 */
export function refuseEvent(fault: Fault, trace: string | null): string {
  const error = openAiError(fault, trace)
  const { code, message, param } = error
  return `event: error\ndata: ${JSON.stringify({ type: 'error', code, message, param, error })}\n\n`
}
