import type { Trace } from './client.ts'
import { formatCount, visible } from './format.ts'

/** How the way of an exchange to another store went, in words. */
export type PushText = {
  readonly what: string
  /** What the remote or Weir itself said; null if there is nothing to say. */
  readonly why: string | null
  /** It has ended without the remote having it, and nobody had asked for that. */
  readonly isLost: boolean
  readonly isUnderWay: boolean
}

type Pushed = NonNullable<Trace['pushed']>

export function tellPush({ state, attempts, detail, remoteId }: Pushed): PushText {
  const why = detail === null ? null : visible(detail)
  const tries = attempts === 1 ? '1 attempt' : `${formatCount(attempts)} attempts`
  switch (state) {
    case 'waiting':
      return underWay(
        attempts === 0 ? 'It waits to be sent.' : `It waits to be sent again, after ${tries}.`,
        why,
      )
    case 'sending':
      return underWay(
        `Nobody saw its last attempt end (${tries}): the remote is asked whether it has it.`,
        why,
      )
    case 'sent': {
      const name = remoteId === null ? '' : ` as ${visible(remoteId)}`
      return { what: `The remote has it${name}, after ${tries}.`, why, isLost: false, isUnderWay: false }
    }
    case 'refused':
      return { what: `The remote will not take it (${tries}).`, why, isLost: true, isUnderWay: false }
    case 'dropped':
      return { what: 'It was dropped while it waited.', why, isLost: true, isUnderWay: false }
    case 'skipped':
      return { what: 'It is not sent.', why, isLost: false, isUnderWay: false }
  }
}

function underWay(what: string, why: string | null): PushText {
  return { what, why, isLost: false, isUnderWay: true }
}
