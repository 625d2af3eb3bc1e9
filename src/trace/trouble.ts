import { SQLiteError } from 'bun:sqlite'
import { causeOf } from '../core/log.ts'

/** What can be wrong with the store as a whole, told apart because each has its own remedy. */
export type Trouble = {
  readonly kind: TroubleKind
  /** For the log: SQLite's or the system's own words. */
  readonly message: string
}

/**
 * full: no space. locked: another process holds the file. corrupt: not, or no longer, a store; it is to be
 * opened anew as suspect. forbidden: no right to write there. newer: written by a later Weir. broken: the rest.
 */
export type TroubleKind = 'full' | 'locked' | 'corrupt' | 'forbidden' | 'newer' | 'broken'

/** An error of SQLite that one bad report can cause; any other concerns the file and all that follows. */
export function isAboutOneReport(error: unknown): boolean {
  if (!(error instanceof SQLiteError)) return true
  return /^SQLITE_(CONSTRAINT|MISMATCH|TOOBIG|RANGE)/.test(error.code ?? '')
}

export function troubleOf(error: unknown): Trouble {
  return { kind: kindOf(codeOf(error)), message: causeOf(error) }
}

function kindOf(code: string): TroubleKind {
  if (/^(SQLITE_FULL|SQLITE_IOERR_WRITE|ENOSPC|EDQUOT)/.test(code)) return 'full'
  if (/^SQLITE_(BUSY|LOCKED)/.test(code)) return 'locked'
  if (/^SQLITE_(CORRUPT|NOTADB|IOERR_SHORT_READ)/.test(code)) return 'corrupt'
  if (/^(SQLITE_READONLY|SQLITE_CANTOPEN|SQLITE_PERM|SQLITE_AUTH|EACCES|EPERM|EROFS)/.test(code))
    return 'forbidden'
  return 'broken'
}

function codeOf(error: unknown): string {
  if (error instanceof Error && 'code' in error) return String(error.code)
  return ''
}
