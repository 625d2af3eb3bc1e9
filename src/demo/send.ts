import type { Step } from './body.ts'

/** Keeps the steps of a body: nothing is made before it is asked for, and nothing after the reader has gone. */
export type Sleep = (ms: number, signal: AbortSignal) => Promise<void>

export function toBody(all: Iterable<Step>, sleep: Sleep, signal: AbortSignal): ReadableStream<Uint8Array> {
  const cancelled = new AbortController()
  const gone = AbortSignal.any([signal, cancelled.signal])
  const iterator = all[Symbol.iterator]()
  const source = {
    async pull(controller: ReadableStreamDefaultController<Uint8Array>) {
      for (;;) {
        gone.throwIfAborted()
        const { done, value: step } = iterator.next()
        if (done === true) return controller.close()
        if (step.kind === 'send') return controller.enqueue(step.bytes)
        if (step.kind === 'reset') throw connectionReset()
        await sleep(step.ms, gone)
      }
    },
    cancel: () => cancelled.abort(),
  }
  return new ReadableStream(source, { highWaterMark: 0 })
}

/** As `fetch` throws it when the other side resets the connection. */
export function connectionReset(): Error {
  const error = new Error('The socket connection was closed unexpectedly.')
  return Object.assign(error, { code: 'ECONNRESET' })
}

/** Rejects with the signal's reason, as everything in `fetch` does. No pause at all still lets others run. */
export const timerSleep: Sleep = (ms, signal) => {
  if (signal.aborted) return Promise.reject(signal.reason)
  if (ms === 0) return new Promise((resolve) => setImmediate(resolve))
  return new Promise((resolve, reject) => {
    const wake = () => {
      signal.removeEventListener('abort', leave)
      resolve()
    }
    const leave = () => {
      clearTimeout(timer)
      reject(signal.reason)
    }
    const timer = setTimeout(wake, ms)
    signal.addEventListener('abort', leave, { once: true })
  })
}

/** A provider that never answers: over only when the caller gives up. */
export function forever(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) return reject(signal.reason)
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}
