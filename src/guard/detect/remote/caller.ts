import { createCircuit } from './circuit.ts'
import { failure, failureOf } from './failure.ts'
import { createPlaces } from './places.ts'

/**
 * The bounds of asking one service: so many calls at once, so many waiting, each with a time limit; and a rest for a
 * service that keeps failing, so that judgements do not wait for it one after another.
 */
export type Bounds = {
  readonly timeoutMs: number
  readonly maxConcurrent: number
  readonly maxWaiting: number
  readonly maxFailures: number
  readonly restMs: number
}

/** What is done with the service; the signal says that nobody waits for it any more. */
type Work<Answer> = (signal: AbortSignal) => Promise<Answer>

export type Caller = {
  /** Rejects with a failure (failure.ts), or with the reason of the signal. */
  readonly call: <Answer>(work: Work<Answer>, signal: AbortSignal) => Promise<Answer>
  /** The same for each item, answers in their order, never filling the queue. The first failure ends all of it. */
  readonly each: <Item, Answer>(
    items: readonly Item[],
    work: (item: Item, signal: AbortSignal) => Promise<Answer>,
    signal: AbortSignal,
  ) => Promise<Answer[]>
}

/**
 * How a call ended: with an answer, by the fault of the service or of the text, without having been made, or because
 * who asked left.
 */
export type Ending = 'answered' | 'service' | 'text' | 'busy' | 'left'

/** What a caller needs of the world around it. */
export type Around = {
  readonly timer?: Timer | undefined
  /** Told of each call, with how long it took and waited. */
  readonly told?: ((ending: Ending, milliseconds: number) => void) | undefined
}

export type Timer = {
  readonly now: () => number
  /** Returns what takes it back. */
  readonly after: (ms: number, run: () => void) => () => void
}

export const realTimer: Timer = {
  now: () => performance.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms)
    return () => clearTimeout(timer)
  },
}

export function createCaller(bounds: Bounds, { timer = realTimer, told = () => {} }: Around = {}): Caller {
  const { timeoutMs, maxConcurrent } = bounds
  const places = createPlaces(bounds)
  const circuit = createCircuit(bounds, timer.now)

  async function call<Answer>(work: Work<Answer>, signal: AbortSignal): Promise<Answer> {
    const begin = timer.now()
    try {
      const answer = await bounded(work, signal)
      told('answered', timer.now() - begin)
      return answer
    } catch (error) {
      told(signal.aborted ? 'left' : failureOf(error).blame, timer.now() - begin)
      throw error
    }
  }

  async function bounded<Answer>(work: Work<Answer>, signal: AbortSignal): Promise<Answer> {
    signal.throwIfAborted()
    circuit.look()
    await places.take(signal)
    try {
      return await admitted(work, signal)
    } finally {
      places.leave()
    }
  }

  async function admitted<Answer>(work: Work<Answer>, signal: AbortSignal): Promise<Answer> {
    const settle = circuit.begin()
    const abort = new AbortController()
    const leave = (): void => abort.abort(signal.reason)
    signal.addEventListener('abort', leave)
    const stop = timer.after(timeoutMs, () => {
      abort.abort(failure('service', `it did not answer within ${timeoutMs} ms`))
    })
    try {
      const answer = await Promise.race([work(abort.signal), abortion(abort.signal)])
      settle('answered')
      return answer
    } catch (error) {
      if (signal.aborted) settle('unknown')
      signal.throwIfAborted()
      const { blame, message } = failureOf(abort.signal.aborted ? abort.signal.reason : error)
      settle(blame === 'service' ? 'failed' : 'answered')
      throw failure(blame, message)
    } finally {
      stop()
      signal.removeEventListener('abort', leave)
    }
  }

  return {
    call,
    each: (items, work, signal) =>
      inTurns(items, maxConcurrent, (item, own) => call((inner) => work(item, inner), own), signal),
  }
}

/** Who is asked may not listen to the signal. */
function abortion(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
}

async function inTurns<Item, Answer>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item, signal: AbortSignal) => Promise<Answer>,
  signal: AbortSignal,
): Promise<Answer[]> {
  const answers: Answer[] = []
  const abort = new AbortController()
  const either = AbortSignal.any([signal, abort.signal])
  // One iterator for all: each takes the next item when it is through with its last.
  const rest = items.entries()
  const worker = async (): Promise<void> => {
    for (const [at, item] of rest) answers[at] = await work(item, either)
  }
  try {
    await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker))
    return answers
  } catch (error) {
    abort.abort(error)
    throw error
  }
}
