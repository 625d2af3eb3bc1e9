import type { Config } from '../config/schema.ts'

const whole = ['listen', 'data', 'token'] as const
const ofLedger = ['prices', 'estimate', 'refresh'] as const

/** What a key of the top level says of this in the manual; null for one whose change takes effect at once. */
export function restartNote(key: string): string | null {
  if (key === 'tls') return 'To begin or to end with TLS needs a restart.'
  if (key === 'traces') return 'A change of any of these needs a restart.'
  if (key === 'ledger') return 'A change of `prices`, `estimate` or `refresh` needs a restart.'
  if (key === 'projects') return 'A change of `push` needs a restart.'
  return whole.some((other) => other === key) ? 'A change needs a restart.' : null
}

/** The keys in which a configuration differs from the one that Weir was started with, and which it keeps until then. */
export function restartKeys(started: Config, next: Config): string[] {
  const changed = whole.filter((key) => !Bun.deepEquals(started[key], next[key]))
  // Other files are only read anew; with TLS or without it is another socket.
  const tls = (started.tls === undefined) === (next.tls === undefined) ? [] : ['tls']
  const traces = entriesOf(next.traces).flatMap(([key, value]) => {
    return value === started.traces[key] ? [] : [`traces.${key}`]
  })
  const ledger = ofLedger.filter((key) => next.ledger[key] !== started.ledger[key])
  const names = new Set([...Object.keys(started.projects), ...Object.keys(next.projects)])
  const pushes = [...names].filter((name) => {
    return !Bun.deepEquals(started.projects[name]?.push, next.projects[name]?.push)
  })
  const projects = pushes.map((name) => `projects.${name}.push`)
  return [...changed, ...tls, ...projects, ...traces, ...ledger.map((key) => `ledger.${key}`)]
}

function entriesOf(traces: Config['traces']) {
  return Object.entries(traces) as [keyof Config['traces'], unknown][]
}
