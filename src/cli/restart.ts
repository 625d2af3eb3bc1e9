import type { Config } from '../config/schema.ts'

/** The keys in which a configuration differs from the one that Weir was started with, and which it keeps until then. */
export function restartKeys(started: Config, next: Config): string[] {
  const whole = (['listen', 'data', 'token'] as const).filter(
    (key) => !Bun.deepEquals(started[key], next[key]),
  )
  // Other files are only read anew; with TLS or without it is another socket.
  const tls = (started.tls === undefined) === (next.tls === undefined) ? [] : ['tls']
  const traces = entriesOf(next.traces).flatMap(([key, value]) => {
    return value === started.traces[key] ? [] : [`traces.${key}`]
  })
  const ledger = (['prices', 'estimate', 'refresh'] as const).filter(
    (key) => next.ledger[key] !== started.ledger[key],
  )
  return [...whole, ...tls, ...traces, ...ledger.map((key) => `ledger.${key}`)]
}

function entriesOf(traces: Config['traces']) {
  return Object.entries(traces) as [keyof Config['traces'], unknown][]
}
