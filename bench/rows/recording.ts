import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Value } from '@sinclair/typebox/value'
import { wallClock } from '../../src/core/clock.ts'
import { createIds } from '../../src/core/id.ts'
import { createLog } from '../../src/core/log.ts'
import { createPool, type Hire, type Pool } from '../../src/merge/pool.ts'
import { createRecorder, type Recorder } from '../../src/merge/recorder.ts'
import { Traces } from '../../src/trace/schema.ts'
import type { Duty } from '../../src/trace/duty.ts'
import type { Row } from '../support/bench.ts'
import { atMost } from '../support/finding.ts'
import { exampleRequest, exampleResponse, wholeReply } from '../support/exchange.ts'

/**
 * 10,000 traces a second into the store, for some seconds. Without sockets, because the machine's two cores do not carry
 * so many exchanges, their client and their provider: the gateway's own recorder is told of exchanges, by the clock, and
 * everything behind it is as it is in the gateway: batches, the worker, the rebuilt answers, the store on disk.
 */
const perSecond = 10_000

export const recording: Row = {
  name: 'recording',
  run: async ({ launcher, size }) => {
    const seconds = size === 'full' ? 10 : 3
    const folder = join(launcher.folder, 'recording')
    const told = createLog(
      (line) => process.stderr.write(line),
      () => 'warn',
    )
    const settings = Value.Parse(Traces, {})
    const pool = createPool({
      hire: hireKeeper(join(folder, 'traces.sqlite'), settings),
      mostInboxBytes: settings.mostInboxBytes,
      onKept: () => {},
      log: told,
      now: wallClock,
    })
    const recorder = createRecorder(pool, settings, wallClock)
    await record(recorder, pool, 1)
    const warm = pool.state()
    const { mostLagMs, recorded, ms } = await record(recorder, pool, seconds)
    const { droppedPayloads, droppedReports, lostReports } = pool.state()
    await pool.stop()
    await rm(folder, { recursive: true, force: true })
    const lost = droppedPayloads + droppedReports + lostReports - warm.droppedPayloads - warm.droppedReports
    const rate = (recorded / ms) * 1000
    const isWhole = lost === 0 && rate > perSecond * 0.97
    const note = `${Math.round(rate)} traces/s until on disk, for ${seconds} s; ${lost} lost; told to the recorder, no sockets`
    const raw = { recorded, ms, mostLagMs, lost }
    const base = {
      what: '10,000 traces/s, lag of the store',
      target: 'under 1,000 ms, none lost',
      unit: 'ms',
    } as const
    const finding = { ...base, bare: null, nginx: null, weir: mostLagMs, note, raw }
    return [atMost(finding, isWhole ? mostLagMs : Infinity, 1000)]
  },
}

type Recorded = { readonly mostLagMs: number; readonly recorded: number; readonly ms: number }

async function record(recorder: Recorder, pool: Pool, seconds: number): Promise<Recorded> {
  const createId = createIds(wallClock)
  const startedAt = performance.now()
  let recorded = 0
  let mostLagMs = 0
  while (recorded < perSecond * seconds) {
    const due = Math.min(((performance.now() - startedAt) / 1000) * perSecond, perSecond * seconds)
    while (recorded < due) tell(recorder, createId(), recorded++)
    mostLagMs = Math.max(mostLagMs, pool.state().lagMs)
    await Bun.sleep(2)
  }
  const drained = recorder.flush()
  const watching = setInterval(() => (mostLagMs = Math.max(mostLagMs, pool.state().lagMs)), 5)
  await drained
  clearInterval(watching)
  return { mostLagMs, recorded, ms: performance.now() - startedAt }
}

/** One exchange as the gateway tells it, its times but for the moment. */
function tell(recorder: Recorder, id: string, number: number): void {
  const exchange = recorder.open(id, wallClock())
  const { begin, body } = exampleRequest(number)
  recorder.begin(exchange, { ...begin, startedAt: exchange.startedAt }, null)
  const request = recorder.request(exchange)
  request.chunk(body)
  request.end()
  exchange.attempts = 1
  recorder.called(exchange)
  recorder.answered(exchange, exampleResponse)
  recorder.reply(exchange, wholeReply(number))
  exchange.sentBytes = exchange.replyBytes
  recorder.end(exchange, { outcome: 'answered', detail: null })
}

function hireKeeper(path: string, settings: Traces): Hire {
  return (hear, gone) => {
    const worker = new Worker(new URL('../../src/worker.ts', import.meta.url).href)
    const ledger = { prices: null, refreshed: null, estimate: true }
    const duty: Duty = { kind: 'keep', path, settings, ledger, pushes: {}, sender: 'bench', recovers: false }
    worker.onerror = ({ message }) => gone(message)
    worker.onmessage = ({ data }) => hear(data)
    worker.postMessage(duty)
    return {
      post: (message, transfer) => worker.postMessage(message, transfer),
      end: () => worker.terminate(),
    }
  }
}
