import { causeOf, type Fields, type Level, type Log } from '../core/log.ts'
import type { PushChange } from '../merge/push.ts'
import { createCurrent } from '../trace/current.ts'
import type { PushSums } from '../trace/push/entry.ts'
import { createWaiting } from '../trace/push/waiting.ts'
import { createReader } from '../trace/read.ts'
import { isAboutOneReport } from '../trace/trouble.ts'
import { createAsk } from './ask.ts'
import { createLane, type ToSend, type Way } from './lane.ts'
import { payloadOf } from './payload.ts'
import { createRemote } from './remote.ts'
import type { Target } from './schema.ts'

/**
 * The life of the thread that sends: reads what waits with a connection of its own, so that it stalls neither the flow nor
 * the store, and has what becomes of it written by the thread that keeps.
 */
export type ToSender =
  | { readonly kind: 'wake' }
  | { readonly kind: 'recorded'; readonly number: number; readonly isKept: boolean }
  | { readonly kind: 'stop' }

export type FromSender =
  | { readonly kind: 'record'; readonly number: number; readonly change: PushChange }
  | { readonly kind: 'sums'; readonly sums: readonly PushSums[] }
  | { readonly kind: 'log'; readonly level: Level; readonly event: string; readonly fields: Fields }
  | { readonly kind: 'stopped' }

export type SendingOptions = {
  readonly path: string
  readonly targets: readonly Target[]
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>
  readonly now: () => number
}

// Counting is one small query, and nobody looks more often.
const countEveryMs = 1000
/** What is on its way when Weir stops may still arrive for so long. */
const graceMs = 1000

export function createSending(options: SendingOptions, tell: (message: FromSender) => void) {
  const { path, targets, fetch, now } = options
  const log: Log = (level, event, fields = {}) => tell({ kind: 'log', level, event, fields })
  const recording = new Map<number, (isKept: boolean) => void>()
  const halt = new AbortController()
  let lastNumber = 0
  let counting: Timer | undefined
  let dropped: number | null = null
  const current = createCurrent(path, (store) => ({
    waiting: createWaiting(store),
    reader: createReader(store),
  }))
  const lanes = targets.map((target) =>
    createLane({ way: wayOf(target), now, random: Math.random, after, log }),
  )

  function wayOf(target: Target): Way {
    const { project, dataset } = target
    const remote = createRemote({ target, fetch, now, stop: halt.signal })
    return {
      project,
      due: (at, limit) => current().waiting.due(project, at, limit),
      nextAt: () => current().waiting.nextAt(project),
      toSend: (id) => toSendOf(id, dataset),
      send: remote.send,
      ask: createAsk(remote, dataset),
      record,
    }
  }

  function toSendOf(id: string, dataset: string): ToSend {
    const { reader } = current()
    try {
      const trace = reader.get(id)
      // Removed since a moment ago, and its row of the queue with it.
      if (trace === null) return { skipped: 'Its trace was removed' }
      const payload = payloadOf(trace, dataset)
      return payload === null ? { skipped: 'It tells no conversation' } : { text: JSON.stringify(payload) }
    } catch (error) {
      // What is wrong with the store is so for all. What is wrong with one trace is no reason to hold up the others.
      if (!isAboutOneReport(error)) throw error
      log('error', 'push-untold', { trace: id, why: causeOf(error) })
      return { skipped: `It cannot be read: ${causeOf(error)}` }
    }
  }

  function record(change: PushChange): Promise<boolean> {
    const number = ++lastNumber
    const { promise, resolve } = Promise.withResolvers<boolean>()
    recording.set(number, resolve)
    tell({ kind: 'record', number, change })
    return promise
  }

  function count(): void {
    counting = undefined
    try {
      const sums = current().waiting.sums()
      tell({ kind: 'sums', sums })
      const all = sums.reduce((sum, each) => sum + each.dropped, 0)
      if (dropped !== null && all > dropped) log('warn', 'push-dropped', { count: all - dropped })
      dropped = all
    } catch (error) {
      log('debug', 'push-uncounted', { why: causeOf(error) })
    }
  }

  function receive(message: ToSender): void {
    switch (message.kind) {
      case 'wake':
        counting ??= setTimeout(count, countEveryMs)
        for (const lane of lanes) lane.wake()
        return
      case 'recorded':
        recording.get(message.number)?.(message.isKept)
        recording.delete(message.number)
        counting ??= setTimeout(count, countEveryMs)
        return
      case 'stop':
        return void stop()
    }
  }

  async function stop(): Promise<void> {
    const grace = setTimeout(() => halt.abort(), graceMs)
    await Promise.all(lanes.map((lane) => lane.stop()))
    clearTimeout(grace)
    clearTimeout(counting)
    tell({ kind: 'stopped' })
  }

  count()
  for (const lane of lanes) lane.wake()
  return { receive }
}

function after(ms: number, act: () => void): () => void {
  const timer = setTimeout(act, ms)
  return () => clearTimeout(timer)
}
