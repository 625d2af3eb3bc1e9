import type { Member, Rows } from './rows.ts'

/**
 * Exchanges whose history has an answer that nobody has given here: mostly one from before Weir was there, or one that
 * the client has changed, but it may be about to end, in a call made beside this one. That is a matter of seconds, so
 * it is remembered here and not in the store, where it would cost every exchange one more look.
 */
export type Wanted = {
  readonly add: (hash: string, by: { readonly seq: number; readonly id: string }) => void
  readonly find: (hashes: readonly string[]) => { readonly member: Member; readonly hash: string } | null
}

const mostWanted = 1024

export function createWanted(rows: Rows): Wanted {
  const wanted = new Map<string, { readonly seq: number; readonly id: string }>()
  return {
    add: (hash, { seq, id }) => {
      wanted.delete(hash)
      wanted.set(hash, { seq, id })
      const oldest = wanted.size > mostWanted ? wanted.keys().next() : null
      if (oldest !== null && oldest.done !== true) wanted.delete(oldest.value)
    },
    find: (hashes) => {
      for (const hash of hashes) {
        const by = wanted.get(hash)
        const member = by === undefined ? null : rows.member(by.seq)
        // Its transaction may have been rolled back, and its number given to another.
        if (member !== null && member.id === by?.id) return { member, hash }
      }
      return null
    },
  }
}
