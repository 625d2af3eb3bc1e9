import { type Failure, failure, failureOf } from './detect/remote/failure.ts'
import type { Ask, Question } from './detect/remote/means.ts'

/** Models that rules ask: a thread that judges has no gateway, so the main thread asks for it. */
export type FromModels =
  /** A model is to be asked, through the gateway; and nobody waits for its answer any more. */
  | { readonly kind: 'asks'; readonly number: number; readonly model: Question }
  | { readonly kind: 'leaves'; readonly number: number }

/** What it answered, or why it did not. */
export type ToModels = {
  readonly kind: 'told'
  readonly number: number
  readonly value: unknown
  readonly failure: Failure | null
}

export type Models = { readonly ask: Ask; readonly told: (message: ToModels) => void }

type Waiting = { readonly resolve: (value: unknown) => void; readonly reject: (error: Error) => void }

export function createModels(tell: (message: FromModels) => void): Models {
  const waiting = new Map<number, Waiting>()
  let last = 0

  const ask: Ask = (model, signal) => {
    if (signal.aborted) return Promise.reject(new Error('nobody waits for it'))
    const number = ++last
    const leave = (): void => {
      waiting.get(number)?.reject(new Error('nobody waits for it any more'))
      waiting.delete(number)
      tell({ kind: 'leaves', number })
    }
    const answer = new Promise<unknown>((resolve, reject) => waiting.set(number, { resolve, reject }))
    signal.addEventListener('abort', leave, { once: true })
    tell({ kind: 'asks', number, model })
    return answer.finally(() => signal.removeEventListener('abort', leave))
  }

  return {
    ask,
    told: ({ number, value, failure: told }) => {
      const asked = waiting.get(number)
      waiting.delete(number)
      if (told === null) asked?.resolve(value)
      else asked?.reject(failure(told.blame, told.message))
    },
  }
}

type Post = (message: ToModels, transfer: ArrayBuffer[]) => void

/** The main thread's side of it. `poster` tells the thread that lives now: an answer is for who asked, or for nobody. */
export function createModelAnswers(ask: Ask, poster: () => Post | undefined) {
  const asked = new Map<number, AbortController>()

  async function asks(number: number, model: Question): Promise<void> {
    const post = poster()
    const tell = (message: ToModels): void => {
      if (poster() === post) post?.(message, [])
    }
    const leaving = new AbortController()
    asked.set(number, leaving)
    try {
      tell({ kind: 'told', number, value: await ask(model, leaving.signal), failure: null })
    } catch (error) {
      tell({ kind: 'told', number, value: null, failure: failureOf(error) })
    }
    // The thread that lives now may have asked under the same number meanwhile.
    if (asked.get(number) === leaving) asked.delete(number)
  }

  return { asks, leaves: (number: number): void => asked.get(number)?.abort() }
}
