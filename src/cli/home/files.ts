import { setImmediate } from 'node:timers/promises'
import { createImport } from '../../trace/home/import.ts'
import { createHome, type HomeAnswer } from '../../trace/home/questions.ts'
import { createRows } from '../../trace/home/rows.ts'
import { localWho } from '../../trace/home/who.ts'
import { createPieceStore } from '../../trace/piece-store.ts'
import { openBeside, type Store } from '../../trace/store.ts'
import { troubleOf } from '../../trace/trouble.ts'
import type { ClearOptions } from '../clear.ts'
import type { ExportOf, Imported, ImportOf } from '../source.ts'
import { troubled } from '../trouble.ts'

/** Exports brought into the store's files and written from them, beside a Weir that runs. */
const linesAtOnce = 200
const charactersAtOnce = 4 * 1024 * 1024
const pauseMs = 2
/** While another process writes; each try has waited for it already. */
const mostTries = 40

export async function importInto(path: string, of: ImportOf, options: ClearOptions): Promise<Imported> {
  const { store, pieces } = openHere(path, options)
  try {
    const { project, lines, isStopped, tell } = of
    const bring = createImport({ store, pieces, project, now: options.now })
    const all = { added: 0, known: 0 }
    let line = 0
    for await (const some of slicesOf(lines)) {
      if (isStopped()) return { ...all, isWhole: false }
      const { added, known, wrong } = await attempt(path, () => bring(some))
      all.added += added
      all.known += known
      line += some.length
      tell({ ...all, lines: line })
      if (wrong !== null) throw wrong
      await Bun.sleep(pauseMs)
    }
    return { ...all, isWhole: true }
  } finally {
    store.close()
  }
}

async function* slicesOf(lines: AsyncIterable<string>): AsyncGenerator<readonly string[]> {
  let slice: string[] = []
  let characters = 0
  for await (const line of lines) {
    slice.push(line)
    characters += line.length
    if (slice.length < linesAtOnce && characters < charactersAtOnce) continue
    yield slice
    slice = []
    characters = 0
  }
  if (slice.length > 0) yield slice
}

/** A locked store is tried again. */
async function attempt<Value>(path: string, act: () => Value): Promise<Value> {
  for (let tries = 1; ; tries++) {
    try {
      return act()
    } catch (error) {
      const trouble = troubleOf(error)
      if (trouble.kind !== 'locked' || tries === mostTries) throw troubled(path, trouble)
      await Bun.sleep(pauseMs)
    }
  }
}

/** The lines of a project's export; the first one is its metadata. Null if there is no such project. */
export function exportFrom(path: string, { project, ...of }: ExportOf, options: ClearOptions) {
  const { store } = openHere(path, options)
  const row = createRows(store.database).named(project)
  if (row === null) {
    store.close()
    return null
  }
  const ask = createHome(store, options.now)
  const whole = { kind: 'export-head', who: localWho, dataset: { id: row.id } } as const
  const question = { ...whole, kind: 'export', ...of } as const
  async function* lines(): AsyncGenerator<string> {
    try {
      const { head }: { head: unknown } = JSON.parse(toldOf(ask(whole)).json)
      yield `${JSON.stringify(head)}\n`
      for (let after: number | null = -1; after !== null;) {
        const { json, next } = toldOf(ask({ ...question, after }))
        const items: readonly unknown[] = JSON.parse(json)
        for (const item of items) yield `${JSON.stringify(item)}\n`
        after = next
        await setImmediate()
      }
    } finally {
      store.close()
    }
  }
  return lines()
}

function toldOf(answer: HomeAnswer): { readonly json: string; readonly next: number | null } {
  if (answer.kind === 'told') return answer
  throw new Error(answer.kind === 'refused' ? answer.message : 'A picture was not asked for')
}

function openHere(path: string, { now, log }: ClearOptions) {
  const opened = openBeside({ path, durable: false, log, now })
  if (opened.kind === 'failed') throw troubled(path, opened.trouble)
  const { store }: { store: Store } = opened
  return { store, pieces: createPieceStore(store.database) }
}
