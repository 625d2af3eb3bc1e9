import { dialectNames } from '../../src/dialect/dialect.ts'
import { dialects } from '../../src/dialect/index.ts'
import { createRebuild } from '../../src/merge/rebuild.ts'
import { mergeEvent } from './merge-streams.ts'

/** A process of its own that merges one answer, so many events of so many characters, and tells what that took. */
export type MergeTold = { readonly answerBytes: number; readonly peakBytes: number; readonly ms: number }

const [given, count = '0', length = '0'] = Bun.argv.slice(2)
const name = dialectNames.find((known) => known === given)
if (name === undefined) throw new Error(`No dialect ${given}`)

const event = new TextEncoder().encode(
  mergeEvent(name, 'measured '.repeat(Number(length)).slice(0, Number(length))),
)
const dialect = dialects[name]
const rebuild = createRebuild({
  dialect,
  status: 200,
  contentType: 'text/event-stream',
  contentEncoding: '',
  mostBytes: 2 ** 31,
})
const before = process.memoryUsage.rss()
const startedAt = performance.now()
for (let told = 0; told < Number(count); told++) rebuild.feed(event)
const answerBytes = JSON.stringify(rebuild.finish()?.body).length
const ms = performance.now() - startedAt
const peakBytes = (await highestBytes()) - before
process.stdout.write(JSON.stringify({ answerBytes, peakBytes, ms } satisfies MergeTold))

/** From /proc, because the highest that `getrusage` knows is the parent's if that was higher. */
async function highestBytes(): Promise<number> {
  const status = await Bun.file('/proc/self/status').text()
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? NaN) * 1024
}
