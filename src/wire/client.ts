import { forget, later } from '../core/later.ts'

/**
 * Notices that a client has left while nothing is being sent to it; a running stream notices by itself. To look at a
 * request's signal costs 10 µs of the main thread, so it is done only for an answer that takes its time: the provider is
 * to be let go within 50 ms, and the first look comes after 20.
 */
export type Client = {
  /** Whether it leaves is of no more interest. */
  readonly forget: () => void
}

const firstLookMs = 20

export function watchClient(request: Request, gone: () => void): Client {
  let listener: (() => void) | undefined = gone
  const look = later(firstLookMs, () => {
    if (request.signal.aborted) return listener?.()
    request.signal.addEventListener('abort', () => listener?.())
  })
  return {
    forget: () => {
      listener = undefined
      forget(look)
    },
  }
}
