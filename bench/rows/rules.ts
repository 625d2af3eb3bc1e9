import { join } from 'node:path'
import { startWeir, type Running } from '../../src/cli/bench/launch.ts'
import { firstBytes } from '../../src/cli/bench/measure.ts'
import { median, medianDifference } from '../../src/cli/bench/statistics.ts'
import type { Row } from '../support/bench.ts'
import { atMostAdded, type Finding } from '../support/finding.ts'
import { onStage } from '../support/stage.ts'

/** What a rule adds to the first byte: one on the request alone, and one that holds the answer as well. */
const policy = 'raise "a word" if:\n  (m: Message)\n  "forbidden" in m.content\n'
const cases = [
  { what: 'first byte, a rule on the request', on: 'request', most: 0.2 },
  { what: 'first byte, a rule on the answer', on: 'answer', most: 1 },
] as const

export const rules: Row = {
  name: 'rules',
  run: ({ launcher, rounds, size }) =>
    onStage(['weir'], launcher, async ({ gateways, upstream, notes }) => {
      const file = join(launcher.folder, 'bench.policy')
      await Bun.write(file, policy)
      const findings: Finding[] = []
      const weir = gateways.get('weir') ?? upstream
      for (const { what, on, most } of cases) {
        const ruled = await startWeir(
          'ruled',
          upstream.port,
          launcher,
          `rules: [{file: '${file}', on: ${on}}]\n`,
        )
        const compared = new Map<'weir' | 'ruled', Running>([
          ['weir', weir],
          ['ruled', ruled],
        ])
        const count = size === 'full' ? 1_000 : 300
        const spreads = await firstBytes(compared, { rounds, count, body: null }, launcher)
        await ruled.stop()
        const of = (name: 'weir' | 'ruled') => (spreads.get(name) ?? []).map(({ p50 }) => p50)
        const [plain, held] = [of('weir'), of('ruled')]
        const note = [`${median(plain).toFixed(2)} ms without it`, await notes()]
          .filter((text) => text !== '')
          .join('; ')
        const base = {
          what,
          target: `Weir + ${most} ms`,
          unit: 'ms',
          bare: null,
          nginx: null,
          weir: median(held),
        } as const
        findings.push(
          atMostAdded(
            { ...base, note, raw: Object.fromEntries(spreads) },
            medianDifference(held, plain),
            most,
          ),
        )
      }
      return findings
    }),
}
