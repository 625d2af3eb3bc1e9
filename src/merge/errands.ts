import { Fault } from '../core/fault.ts'

/**
 * What is asked of the worker beside its reports: texts that mean something to it alone, each answered once. Bounded, and
 * not asked again if the worker dies: whether it was done by then nobody can tell.
 */
export type Errand = { readonly number: number; readonly text: string; readonly body: ArrayBuffer }

export type Errands = {
  /** `send` may give it to nobody: then it says so. */
  readonly ask: (text: string, body: ArrayBuffer, send: (errand: Errand) => boolean) => Promise<string>
  readonly answered: (number: number, answer: string) => void
  readonly lost: () => void
  readonly state: () => ErrandsState
}

export type ErrandsState = { readonly waitingChanges: number; readonly waitingChangeBytes: number }

const mostWaiting = 1000
const mostWaitingBytes = 256 * 1024 * 1024

type Waiting = {
  readonly bytes: number
  readonly resolve: (answer: string) => void
  readonly reject: (fault: Fault) => void
}

export function createErrands(): Errands {
  const waiting = new Map<number, Waiting>()
  let last = 0
  let bytes = 0
  return {
    ask: (text, body, send) => {
      const size = text.length + body.byteLength
      if (waiting.size >= mostWaiting || bytes + size > mostWaitingBytes) {
        return Promise.reject(new Fault('overloaded', 'Too much to store at once', { retryAfterSeconds: 1 }))
      }
      return new Promise((resolve, reject) => {
        const number = ++last
        waiting.set(number, { bytes: size, resolve, reject })
        bytes += size
        if (send({ number, text, body })) return
        waiting.delete(number)
        bytes -= size
        reject(new Fault('overloaded', 'The store cannot be written to now', { retryAfterSeconds: 1 }))
      })
    },
    answered: (number, answer) => {
      const asked = waiting.get(number)
      waiting.delete(number)
      bytes -= asked?.bytes ?? 0
      asked?.resolve(answer)
    },
    state: () => ({ waitingChanges: waiting.size, waitingChangeBytes: bytes }),
    lost: () => {
      const all = [...waiting.values()]
      waiting.clear()
      bytes = 0
      for (const { reject } of all) {
        reject(new Fault('internal', 'The store stopped meanwhile: whether this was stored is not known'))
      }
    },
  }
}
