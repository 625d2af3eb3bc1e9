import type { GivenMeans } from './means.ts'
import type { FromModels, ToModels } from './models.ts'
import type { CheckPolicies, PolicyAnswer, PolicyQuestion } from './service.ts'

/** What passes between the thread that judges for others and who asks it, and what that thread does with it. */
export type ToService =
  /** Whom policies may ask. */
  ({ readonly kind: 'means' } & GivenMeans) | ToModels | Asked

export type Asked =
  | { readonly kind: 'ask'; readonly number: number; readonly question: PolicyQuestion }
  /** Nobody waits for this answer any more. */
  | { readonly kind: 'leave'; readonly number: number }

export type FromService = FromModels | Answered

export type Answered =
  | { readonly kind: 'answered'; readonly number: number; readonly answer: PolicyAnswer }
  | { readonly kind: 'failed'; readonly number: number; readonly why: string }

// As long as the rules may take for one request: detectors that have not answered by then are failures.
const mostDetectorMs = 4_000

export function createServiceThread(check: CheckPolicies, tell: (message: Answered) => void) {
  const waiting = new Map<number, AbortController>()

  async function answer(number: number, question: PolicyQuestion): Promise<void> {
    const leaving = new AbortController()
    waiting.set(number, leaving)
    try {
      const signal = AbortSignal.any([leaving.signal, AbortSignal.timeout(mostDetectorMs)])
      tell({ kind: 'answered', number, answer: await check(question, signal) })
    } catch (error) {
      tell({ kind: 'failed', number, why: error instanceof Error ? error.message : String(error) })
    } finally {
      waiting.delete(number)
    }
  }

  return {
    receive: (message: Asked): void => {
      if (message.kind === 'ask') void answer(message.number, message.question)
      else waiting.get(message.number)?.abort()
    },
  }
}
