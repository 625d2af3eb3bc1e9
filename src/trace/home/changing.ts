import { Fault, type FaultCode, toFault } from '../../core/fault.ts'
import { causeOf, type Log } from '../../core/log.ts'
import type { PieceStore } from '../piece-store.ts'
import { type Store, numberOf } from '../store.ts'
import { isAboutOneReport } from '../trouble.ts'
import { type ApplyChange, type Change, createChanges } from './change.ts'

/**
 * What others change in the store, in the thread that stores: all that has come in a few milliseconds in one
 * transaction, each in a savepoint of its own, so that what is refused changes nothing and undoes nobody else's.
 */
export type Errand = { readonly number: number; readonly change: Change; readonly body: Uint8Array }

export type ChangeAnswer =
  /** As a text: who only passes it on need not know what is in it. */
  | { readonly kind: 'done'; readonly json: string }
  | { readonly kind: 'refused'; readonly code: FaultCode; readonly message: string }

export type Tell = (number: number, answer: ChangeAnswer) => void

export type Opened = { readonly store: Store; readonly pieces: PieceStore }

export type ChangingOptions = {
  readonly opened: () => Opened | null
  readonly tell: Tell
  /** Before those who asked are told: what they changed then holds already. */
  readonly committed: () => void
  /** What takes long is still at work. */
  readonly alive: () => void
  readonly now: () => number
  readonly log: Log
}

const gatherMs = 2
/** Of one transaction; what does not fit has its own. The reports of exchanges wait meanwhile. */
const budgetMs = 20
/** While the file is locked or full: then whoever asked is told so. */
const waitsMs = [20, 100, 500]

export function createChanging({ opened, tell, committed, alive, now, log }: ChangingOptions) {
  let waiting: Errand[] = []
  // What goes on from one transaction to the next.
  const begun = new Set<number>()
  let timer: Timer | undefined
  let tries = 0
  let at: (Opened & { readonly apply: ApplyChange; version: number }) | null = null

  const wake = (delayMs: number): void => {
    timer ??= setTimeout(() => {
      timer = undefined
      work()
    }, delayMs)
  }

  const current = () => {
    const known = opened()
    if (known === null) at = null
    else if (at?.store !== known.store) {
      at = { ...known, apply: createChanges(known.store, known.pieces), version: -1 }
    }
    return at
  }

  function work(): void {
    try {
      const place = current()
      if (place === null) throw new Error('The store is not open')
      waiting = transact(place)
      tries = 0
      if (waiting.length > 0) {
        alive()
        wake(1)
      }
    } catch (error) {
      retry(error)
    }
  }

  function transact(place: NonNullable<typeof at>): Errand[] {
    const { database } = place.store
    const answers: [number, ChangeAnswer][] = []
    const deadline = now() + budgetMs
    const left: Errand[] = []
    database.run('BEGIN IMMEDIATE')
    try {
      // Another process may have removed pieces that we remember.
      const version = numberOf(database, 'data_version')
      if (version !== place.version) place.pieces.forget()
      place.version = version
      for (const [index, errand] of waiting.entries()) {
        const answer = index > 0 && now() >= deadline ? null : one(errand, place)
        if (answer === null) left.push(errand)
        else answers.push([errand.number, answer])
      }
      database.run('COMMIT')
    } catch (error) {
      place.pieces.forget()
      if (database.inTransaction) database.run('ROLLBACK')
      giveUpBegun()
      throw error
    }
    committed()
    for (const [number, answer] of answers) {
      begun.delete(number)
      tell(number, answer)
    }
    return left
  }

  /** Null for what is to go on in another transaction. */
  function one(
    { number, change, body }: Errand,
    { store, pieces, apply }: NonNullable<typeof at>,
  ): ChangeAnswer | null {
    const { database } = store
    database.run('SAVEPOINT change')
    try {
      const changed = apply(change, body, now())
      database.run('RELEASE change')
      if (changed.kind === 'more') begun.add(number)
      return changed.kind === 'more' ? null : { kind: 'done', json: JSON.stringify(changed.value) }
    } catch (error) {
      if (!isAboutOneReport(error)) throw error
      pieces.forget()
      database.run('ROLLBACK TO change')
      database.run('RELEASE change')
      if (!(error instanceof Fault)) log('error', 'bug', { where: change.kind, cause: causeOf(error) })
      return refusal(toFault(error))
    }
  }

  function retry(error: unknown): void {
    const afterMs = waitsMs[tries++]
    if (afterMs !== undefined) return wake(afterMs)
    log('error', 'changes-refused', { count: waiting.length, cause: causeOf(error) })
    refuseAll(new Fault('overloaded', 'The store cannot be written to now'))
  }

  /** It may have got further than what was written: to go on from there would leave something out. */
  function giveUpBegun(): void {
    for (const { number } of waiting.filter((errand) => begun.has(errand.number))) {
      tell(
        number,
        refusal(new Fault('overloaded', 'The store could not be written to: part of it may be there')),
      )
    }
    waiting = waiting.filter((errand) => !begun.has(errand.number))
    begun.clear()
  }

  function refuseAll(fault: Fault): void {
    for (const { number } of waiting) tell(number, refusal(fault))
    waiting = []
    begun.clear()
    tries = 0
  }

  return {
    take: (errand: Errand): void => {
      waiting.push(errand)
      wake(gatherMs)
    },
    /** What has come is kept; what would take longer is not begun any more. */
    stop: (): void => {
      clearTimeout(timer)
      if (waiting.length > 0) work()
      clearTimeout(timer)
      refuseAll(new Fault('stopping', 'Weir is stopping'))
    },
  }
}

function refusal({ code, message }: Fault): ChangeAnswer {
  return { kind: 'refused', code, message }
}
