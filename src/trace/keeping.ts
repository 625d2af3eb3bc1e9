import type { Log } from '../core/log.ts'
import { createBook } from '../ledger/book.ts'
import { createCount } from '../ledger/count.ts'
import type { FromWorker, ToWorker } from '../merge/pool.ts'
import type { Batch, Report } from '../merge/report.ts'
import { leastSpareBytes } from '../merge/spares.ts'
import type { LedgerSettings } from './account.ts'
import { createChanging, type Errand } from './home/changing.ts'
import { createSnapshots, type Snapshot } from './home/snapshot.ts'
import { createKeeper, type Keeper, type KeeperOptions } from './keeper.ts'
import { createLabels } from './labels.ts'
import { createPieceStore, type PieceStore } from './piece-store.ts'
import type { PushRules } from './push/entry.ts'
import { createRetention, type Retention } from './retention.ts'
import type { Traces } from './schema.ts'
import { createSecretsOf } from './secrets.ts'
import { openStore, type Store } from './store.ts'
import { troubleOf } from './trouble.ts'

/**
 * The life of the one thread that writes: opens the store (again, when it could not), ends what a killed process left
 * open, keeps batches in order, and clears away between them. What it cannot keep yet waits with its sender.
 */
export type KeepingOptions = {
  readonly path: string
  readonly settings: Traces
  readonly ledger: LedgerSettings
  readonly pushes: PushRules
  readonly sender: string
  /** Not after the thread alone died: what is open then still runs. */
  readonly recovers: boolean
  readonly createRebuild: KeeperOptions['means']['createRebuild']
  readonly dialects: KeeperOptions['means']['dialects']
  readonly now: () => number
}

type Opened = {
  readonly store: Store
  readonly pieces: PieceStore
  readonly keeper: Keeper
  readonly retention: Retention
  /** What holds of keys and rules, where that has changed. */
  readonly snapshot: () => Snapshot | null
}

type Sent = Extract<ToWorker, { kind: 'batch' }>

const reopenMs = 1000
const idleStepMs = 5000
const busyStepMs = 20
// Without a batch for so long, what lies in the log file is put where it belongs, and the file given back.
const quietMs = 300
// What another process changes of keys and rules, such as a command beside this one, holds after so long.
const accessMs = 500

type Tell = (message: FromWorker, transfer?: ArrayBuffer[]) => void

export function createKeeping(options: KeepingOptions, tell: Tell) {
  const log: Log = (level, event, fields = {}) => tell({ kind: 'log', level, event, fields })
  const secretsOf = createSecretsOf()
  const book = createBook({ ...options.ledger, log, now: options.now })
  const count = options.ledger.estimate ? createCount() : null
  const changing = createChanging({
    opened: () => opened,
    tell: (number, answer) => tell({ kind: 'changed', number, answer: JSON.stringify(answer) }),
    committed: tellAccess,
    alive: () => tell({ kind: 'alive' }),
    now: options.now,
    log,
  })
  const batches: Batch[] = []
  let opened: Opened | null = null
  let isSuspect = false
  let working = false
  let stopping = false
  let said = ''
  let keptAt = 0
  let clearing: Timer | undefined
  let clearingAt = Infinity

  function open(): void {
    const { path, settings, pushes, sender, createRebuild, dialects, now } = options
    const result = openStore({ path, durable: settings.durable, suspect: isSuspect, log, now })
    if (result.kind === 'failed') {
      complain(result.trouble)
      tell({ kind: 'alive' })
      setTimeout(open, reopenMs)
      return
    }
    const { store } = result
    const pieces = createPieceStore(store.database)
    const accounts = { ...book, labelOf: createLabels(store.database), count }
    const means = { ...settings, createRebuild, dialects, accounts, secretsOf, pushes, log }
    const keeper = createKeeper({ store, pieces, sender, means })
    const retention = createRetention({ store, pieces, settings, now })
    opened = { store, pieces, keeper, retention, snapshot: createSnapshots(store.database) }
    if (said !== '') log('info', 'store-recovered', { path })
    said = ''
    isSuspect = false
    tell({ kind: 'ready' })
    tellAccess()
    if (options.recovers) recover(keeper)
    clear()
    void work()
  }

  /** Reading a number takes 3 µs where nothing has changed. */
  function tellAccess(): void {
    try {
      const snapshot = opened?.snapshot() ?? null
      if (snapshot !== null) tell({ kind: 'access', snapshot: JSON.stringify(snapshot) })
    } catch (error) {
      complain(troubleOf(error))
    }
  }

  function recover(keeper: Keeper): void {
    const recovered = keeper.recover()
    if (recovered.kind === 'failed') return complain(recovered.trouble)
    const { answered, interrupted, bad } = recovered
    if (answered + interrupted + bad > 0) log('warn', 'exchanges-recovered', { answered, interrupted, bad })
  }

  /** One line when trouble begins or changes, not one per batch. */
  function complain({ kind, message }: { readonly kind: string; readonly message: string }): void {
    if (said === kind) return
    said = kind
    log('error', 'store-trouble', { kind, message, path: options.path })
  }

  async function work(): Promise<void> {
    if (working) return
    working = true
    while (opened !== null && batches[0] !== undefined) await keep(batches[0], opened)
    working = false
    keptAt = options.now()
    clearWithin(quietMs)
    if (stopping && (batches.length === 0 || opened === null)) end()
  }

  async function keep(batch: Batch, { store, keeper }: Opened): Promise<void> {
    const kept = keeper.keep(batch)
    switch (kept.kind) {
      case 'kept':
        batches.shift()
        if (kept.bad > 0) log('error', 'reports-lost', { count: kept.bad })
        if (said !== '') log('info', 'store-recovered', { path: options.path })
        said = ''
        return tellKept(batch, kept.bad)
      case 'again':
        complain(kept.trouble)
        return Bun.sleep(kept.afterMs)
      case 'lost':
        batches.shift()
        complain(kept.trouble)
        tellKept(batch, kept.reports)
        if (kept.trouble.kind === 'corrupt') reopen(store)
    }
  }

  function tellKept({ number, bytes }: Batch, lost: number): void {
    if (bytes.byteLength < leastSpareBytes) return tell({ kind: 'kept', number, lost })
    tell({ kind: 'kept', number, lost, bytes }, [bytes])
  }

  function reopen(store: Store): void {
    opened = null
    isSuspect = true
    store.close()
    open()
  }

  function clear(): void {
    clearingAt = Infinity
    const isQuiet = options.now() - keptAt >= quietMs
    if (isQuiet) rest()
    const step = opened?.retention.step(isQuiet ? 'quiet' : 'busy')
    if (step === undefined) return
    if (step.kind === 'failed') complain(step.trouble)
    if (step.kind === 'more') return clearWithin(busyStepMs)
    clearWithin(isQuiet ? idleStepMs : quietMs)
  }

  function rest(): void {
    const trouble = opened?.keeper.rest() ?? null
    if (trouble !== null) complain(trouble)
  }

  function clearWithin(delayMs: number): void {
    const at = options.now() + delayMs
    if (at >= clearingAt) return
    clearTimeout(clearing)
    clearingAt = at
    clearing = setTimeout(clear, delayMs)
  }

  function end(): void {
    clearTimeout(clearing)
    clearInterval(watching)
    changing.stop()
    rest()
    opened?.store.close()
    opened = null
    tell({ kind: 'stopped' })
  }

  function receive(message: ToWorker): void {
    switch (message.kind) {
      case 'batch':
        batches.push(toBatch(message))
        return void work()
      case 'change':
        return changing.take(toErrand(message))
      case 'stop':
        stopping = true
        return void work()
    }
  }

  open()
  const watching = setInterval(tellAccess, accessMs)
  return { receive }
}

function toBatch({ number, reports, bytes }: Sent): Batch {
  // Written a moment ago by our own main thread.
  return { number, reports: JSON.parse(reports) as Report[], bytes }
}

function toErrand({ number, change, body }: Extract<ToWorker, { kind: 'change' }>): Errand {
  // Written a moment ago by our own main thread, as well.
  return { number, change: JSON.parse(change) as Errand['change'], body: new Uint8Array(body) }
}
