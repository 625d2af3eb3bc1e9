import { causeOf } from '../core/log.ts'
import type { Reply } from '../dialect/dialect.ts'
import type { End } from '../merge/report.ts'
import type { Exchange, Means } from './exchange.ts'
import { headerOf } from './header.ts'

/**
 * What was said, from the bytes that are kept of it. Read at the end and in one go: state between two reads took 6 KB for
 * every open stream, half of what the thread held with 8,000 of them, and the bytes are on the disk already.
 */
export function answerOf(
  exchange: Exchange,
  end: End,
  kept: () => readonly Uint8Array[],
  means: Means,
): Reply | null {
  try {
    const rebuild = means.createRebuild(kindOf(exchange, means))
    for (const bytes of kept()) rebuild.feed(bytes)
    return rebuild.finish(isWhole(exchange, end) ? undefined : 'torn')
  } catch (error) {
    // A reader of answers that throws is a bug of ours; the bytes are kept all the same, without the rebuilt form.
    means.log('error', 'rebuild-failed', { trace: exchange.id, cause: causeOf(error) })
    return null
  }
}

function kindOf({ begin, head }: Exchange, means: Means): Parameters<Means['createRebuild']>[0] {
  return {
    dialect: begin.dialect === null ? null : means.dialects[begin.dialect],
    status: head?.status ?? 200,
    contentType: headerOf(head?.headers ?? [], 'content-type'),
    contentEncoding: headerOf(head?.headers ?? [], 'content-encoding'),
    mostBytes: means.mostReplyBytes,
  }
}

/** Whether the bytes came to their end by themselves, and all of them are here. */
export function isWhole({ reply }: Exchange, { outcome, replyBytes }: End): boolean {
  return (outcome === 'answered' || outcome === 'failed') && reply.kept === replyBytes
}
