import { causeOf, type Log } from '../core/log.ts'
import type { Metrics } from '../core/metrics.ts'
import type { PushChange } from '../merge/push.ts'
import type { PushSums } from '../trace/push/entry.ts'
import type { FromSender, ToSender } from './sending.ts'

/**
 * The main thread's side of the thread that sends. It carries messages between that one and the one that keeps, and knows
 * what waits. Without a project that pushes there is no such thread.
 */
export type Sender = { readonly post: (message: ToSender) => void; readonly end: () => void }
export type HireSender = (hear: (message: FromSender) => void, gone: (why: string) => void) => Sender

export type PushDesk = {
  /** Something was kept. */
  readonly wake: () => void
  readonly sums: () => readonly PushSums[]
  readonly stop: () => Promise<void>
}

export type PushDeskOptions = {
  readonly hire: HireSender
  /** Whether it is written; false also if nobody knows. */
  readonly write: (change: PushChange) => Promise<boolean>
  readonly log: Log
}

/** Several batches are kept in such a time; a trace goes out a second after it was kept anyway. */
const wakeEveryMs = 200
const mostRestartDelayMs = 60_000
/** Past it what is on its way is found out about at the next start. */
const mostStopMs = 2000

export function createPushDesk({ hire, write, log }: PushDeskOptions): PushDesk {
  let sums: readonly PushSums[] = []
  let sender: Sender | undefined
  let deaths = 0
  let waking: Timer | undefined
  let restarting: Timer | undefined
  let ended: (() => void) | undefined
  employ()

  function employ(): void {
    try {
      const hired: Sender = hire(
        (message) => {
          if (sender === hired) hear(message, hired)
        },
        (why) => {
          if (sender === hired) gone(why)
        },
      )
      sender = hired
    } catch (error) {
      gone(causeOf(error))
    }
  }

  function hear(message: FromSender, hired: Sender): void {
    switch (message.kind) {
      case 'record':
        // By then its trace had been read and told: what a thread dies of, if it dies of one.
        deaths = 0
        return void record(message, hired)
      case 'sums':
        sums = message.sums
        return
      case 'log':
        return log(message.level, message.event, message.fields)
      case 'stopped':
        return ended?.()
    }
  }

  async function record(
    { number, change }: Extract<FromSender, { kind: 'record' }>,
    hired: Sender,
  ): Promise<void> {
    hired.post({ kind: 'recorded', number, isKept: await write(change) })
  }

  function gone(why: string): void {
    sender = undefined
    if (ended !== undefined) return ended()
    const delayMs = Math.min(100 * 2 ** Math.min(deaths++, 20), mostRestartDelayMs)
    log('error', 'sender-died', { why, restartMs: delayMs })
    restarting = setTimeout(employ, delayMs)
  }

  return {
    wake: () => {
      waking ??= setTimeout(() => {
        waking = undefined
        sender?.post({ kind: 'wake' })
      }, wakeEveryMs)
    },
    sums: () => sums,
    stop: async () => {
      clearTimeout(waking)
      clearTimeout(restarting)
      const leaving = sender
      if (leaving === undefined) return
      const stopped = new Promise<void>((resolve) => (ended = resolve))
      leaving.post({ kind: 'stop' })
      await Promise.race([stopped, Bun.sleep(mostStopMs)])
      leaving.end()
    },
  }
}

export function gaugePushes(metrics: Metrics, sums: () => readonly PushSums[], now: () => number): void {
  const total = (of: (each: PushSums) => number) => () => sums().reduce((sum, each) => sum + of(each), 0)
  const { gauge } = metrics
  gauge(
    'weir_push_waiting_traces',
    'Traces that wait for their remote',
    total((each) => each.entries),
  )
  gauge(
    'weir_push_waiting_bytes',
    'Bytes of bodies that wait for their remote',
    total((each) => each.bytes),
  )
  gauge(
    'weir_push_sent_traces',
    'Traces that their remote has',
    total((each) => each.sent),
  )
  gauge(
    'weir_push_refused_traces',
    'Traces that their remote refused',
    total((each) => each.refused),
  )
  gauge(
    'weir_push_dropped_traces',
    'Traces dropped because too much waited, or removed before they were sent',
    total((each) => each.dropped),
  )
  gauge('weir_push_oldest_seconds', 'Age of the oldest trace that waits for its remote', () => {
    const times = sums().flatMap(({ oldestAt }) => (oldestAt === null ? [] : [oldestAt]))
    return times.length === 0 ? 0 : Math.max(0, now() - Math.min(...times)) / 1000
  })
}
