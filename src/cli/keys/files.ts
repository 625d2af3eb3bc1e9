import { join } from 'node:path'
import { Fault } from '../../core/fault.ts'
import { createAccessAnswers } from '../../trace/home/access-questions.ts'
import { createKeys } from '../../trace/home/keys.ts'
import { createRows } from '../../trace/home/rows.ts'
import { localWho } from '../../trace/home/who.ts'
import { openBeside } from '../../trace/store.ts'
import { troubleOf } from '../../trace/trouble.ts'
import { Value } from '@sinclair/typebox/value'
import type { ClearOptions } from '../clear.ts'
import { storeFile } from '../files.ts'
import { troubled } from '../trouble.ts'
import { Listed, type KeySource } from './source.ts'

/** Keys in the store's own files: of a Weir that runs beside, which follows within half a second, or of none yet. */
export function openKeyFiles(folder: string, { now, log }: ClearOptions): KeySource {
  const path = join(folder, storeFile)
  const opened = openBeside({ path, durable: true, log, now })
  if (opened.kind === 'failed') throw troubled(path, opened.trouble)
  const { database, close } = opened.store
  const keys = createKeys(database)
  const answer = createAccessAnswers({ database, rows: createRows(database), now })
  const attempt = <Result>(act: () => Result): Result => {
    try {
      return database.transaction(act).immediate()
    } catch (error) {
      throw error instanceof Fault ? error : troubled(path, troubleOf(error))
    }
  }
  return {
    create: async (wanted) => attempt(() => keys.create({ ...wanted }, { who: localWho, at: now() })),
    list: async () => {
      const listed = attempt(() => answer({ kind: 'keys', who: localWho }))
      if (!Value.Check(Listed, listed)) throw new Error(`${path} holds keys that this Weir cannot read`)
      return listed.keys
    },
    revoke: async (id) => {
      try {
        attempt(() => keys.revoke(id, { who: localWho, at: now() }))
        return true
      } catch (error) {
        if (error instanceof Fault && error.code === 'not-found') return false
        throw error
      }
    },
    close,
  }
}
