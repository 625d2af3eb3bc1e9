import { connect, toRequest } from '../../src/cli/bench/load.ts'
import { readResidentBytes } from '../../src/cli/bench/gauge.ts'
import { targetOf, type Running } from '../../src/cli/bench/launch.ts'
import { interleaved, peakOf, settled } from '../../src/cli/bench/rounds.ts'
import { medians, pick, toMegabytes, type Row } from '../support/bench.ts'
import { atMost } from '../support/finding.ts'
import { onStage } from '../support/stage.ts'

/**
 * A client that sips: it reads 1 MB/s of an answer of 400 MB that the provider would give at once. A gateway that takes
 * it all in shows within the first seconds, so a part of the 400 s is looked at and the note says how much.
 */
type Sipped = { readonly aboveIdleMb: number; readonly halfwayMb: number; readonly readMb: number }

const bytesPerSecond = 1e6
const answerBytes = 400e6
const warmBytes = 8e6

export const sip: Row = {
  name: 'sip',
  run: ({ launcher, size }) =>
    onStage(['bare', 'nginx', 'weir'], launcher, async ({ gateways, notes, upstream }) => {
      const seconds = size === 'full' ? 12 : 5
      const sipped = await interleaved([...gateways.keys()], 1, (name) =>
        sipFrom(gateways.get(name) ?? upstream, seconds),
      )
      const values = medians(pick(sipped, ({ aboveIdleMb }) => aboveIdleMb))
      const weir = sipped.get('weir')?.[0]
      const grown = weir === undefined ? 0 : weir.aboveIdleMb - weir.halfwayMb
      const note = [`${seconds} s of it; second half ${grown.toFixed(1)} MB more`, await notes()].filter(
        Boolean,
      )
      const base = { what: '400 MB read at 1 MB/s, above idle', target: 'under 64 MB', unit: 'MB' } as const
      return [
        atMost(
          { ...base, ...values, note: note.join('; '), raw: Object.fromEntries(sipped) },
          values.weir,
          64,
        ),
      ]
    }),
}

async function sipFrom(gateway: Running, seconds: number): Promise<Sipped> {
  const target = targetOf(gateway, `?bytes=${answerBytes}`)
  const warm = await connect(gateway.port)
  // Idle is a process that has worked: its code compiled, its store open, its buffers grown once.
  const question = [Buffer.from('{"stream":true,"model":"bench"}')]
  for (let count = 0; count < 200; count++) await warm.ask(toRequest(targetOf(gateway), question))
  await warm.ask(toRequest(targetOf(gateway, `?bytes=${warmBytes}`), question))
  warm.close()
  await settled(gateway)
  const idle = (await readResidentBytes(gateway.pid)) ?? NaN
  const line = await connect(gateway.port)
  const sipping = pace(line.socket, line.bytes)
  // Never answered whole: the sip ends first, and with it the connection.
  const left = line.ask(toRequest(target, question)).catch(() => null)
  const first = await peakOf(gateway.pid, () => Bun.sleep((seconds * 1000) / 2))
  const second = await peakOf(gateway.pid, () => Bun.sleep((seconds * 1000) / 2))
  sipping.stop()
  const readMb = line.bytes() / 1e6
  line.socket.terminate()
  await left
  const aboveIdle = (bytes: number | null): number => toMegabytes((bytes ?? NaN) - idle) ?? NaN
  const halfwayMb = aboveIdle(first.peakBytes)
  return { halfwayMb, aboveIdleMb: Math.max(halfwayMb, aboveIdle(second.peakBytes)), readMb }
}

type Paused = { readonly pause: () => unknown; readonly resume: () => unknown }

/** Reads on whenever the pace allows it, and not otherwise. */
function pace(socket: Paused, read: () => number): { readonly stop: () => void } {
  const startedAt = performance.now()
  const timer = setInterval(() => {
    const allowed = ((performance.now() - startedAt) / 1000) * bytesPerSecond
    if (read() > allowed) socket.pause()
    else socket.resume()
  }, 5)
  return {
    stop: () => {
      clearInterval(timer)
      socket.resume()
    },
  }
}
