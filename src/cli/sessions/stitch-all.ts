import { dialects } from '../../dialect/index.ts'
import { createRebuild } from '../../trace/session/rebuild.ts'
import { openBeside } from '../../trace/store.ts'
import { troubleOf } from '../../trace/trouble.ts'
import type { ClearOptions } from '../clear.ts'
import type { Rebuilt } from '../source.ts'
import { troubled } from '../trouble.ts'

/** Sessions for what is stored without them, in slices, because the Weir that runs beside it wants to write too. */
const budgetMs = 100
const pauseMs = 2

export async function stitchAll(
  path: string,
  { now, log }: ClearOptions,
  tell: (seen: number) => void,
): Promise<Rebuilt> {
  const opened = openBeside({ path, durable: false, log, now })
  if (opened.kind === 'failed') throw troubled(path, opened.trouble)
  const { store } = opened
  try {
    const { step } = createRebuild({ store, reading: { dialects, log }, now, budgetMs })
    let seen = 0
    let joined = 0
    for (let after: number | null = 0; after !== null;) {
      const slice: ReturnType<typeof step> = step(after)
      seen += slice.seen
      joined += slice.joined
      after = slice.next
      tell(seen)
      await Bun.sleep(pauseMs)
    }
    return { seen, joined }
  } catch (error) {
    throw troubled(path, troubleOf(error))
  } finally {
    store.close()
  }
}
