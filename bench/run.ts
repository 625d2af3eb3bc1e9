import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { agent } from './rows/agent.ts'
import { event, exchange } from './rows/cpu.ts'
import { firstByte } from './rows/first-byte.ts'
import { guard } from './rows/guard.ts'
import { merge } from './rows/merge.ts'
import { mergeMemory } from './rows/merge-memory.ts'
import { judged } from './rows/judged.ts'
import { recording } from './rows/recording.ts'
import { session } from './rows/session.ts'
import { rules } from './rows/rules.ts'
import { sip } from './rows/sip.ts'
import { start } from './rows/start.ts'
import { crowd, thousand } from './rows/streams.ts'
import { turns } from './rows/turns.ts'
import type { Row } from './support/bench.ts'
import { unknown, type Finding } from './support/finding.ts'
import { keep } from './support/history.ts'
import { toTable } from './support/report.ts'

/**
 * `bun run bench [--only ROW,...] [--rounds N] [--quick] [--against COMMAND]`: what Weir must reach, the executable as it is
 * built from these sources, measured in one run beside the bare forwarder and nginx. Prints a table and keeps the figures
 * in bench/history; ends with 1 if one failed.
 */
const rows: readonly Row[] = [
  exchange,
  event,
  firstByte,
  rules,
  thousand,
  crowd,
  sip,
  agent,
  turns,
  start,
  recording,
  guard,
  session,
  merge,
  mergeMemory,
  judged,
]

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    rounds: { type: 'string' },
    against: { type: 'string' },
    quick: { type: 'boolean', default: false },
  },
})
process.exitCode = await main()

async function main(): Promise<number> {
  const only = values.only?.split(',') ?? rows.map(({ name }) => name)
  const wrong = only.find((name) => !rows.some((row) => row.name === name))
  const rounds = Number(values.rounds ?? (values.quick ? 2 : 5))
  if (wrong !== undefined) return misuse(`no row ${wrong}; rows: ${rows.map(({ name }) => name).join(', ')}`)
  if (!Number.isInteger(rounds) || rounds < 1) return misuse('--rounds must be a whole number')
  const folder = await mkdtemp(join(tmpdir(), 'weir-bench-'))
  const findings: Finding[] = []
  try {
    const launcher = {
      part: [process.execPath, join(import.meta.dir, 'part.ts')],
      weir: values.against === undefined ? [await build(folder)] : commandOf(values.against),
      environment: process.env,
      folder,
    }
    for (const row of rows) {
      if (!only.includes(row.name)) continue
      process.stderr.write(`measuring ${row.name} ...\n`)
      const bench = { launcher, rounds, size: values.quick ? 'quick' : 'full' } as const
      findings.push(...(await row.run(bench).catch((error: Error) => [unknown(row.name, '', error.message)])))
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  process.stdout.write(toTable(findings, process.stdout.isTTY === true))
  const options = {
    only,
    rounds,
    quick: values.quick,
    against: values.against === undefined ? 'executable' : 'command',
  }
  process.stdout.write(`kept in ${await keep(findings, options)}\n`)
  return findings.every(({ verdict }) => verdict === 'pass') ? 0 : 1
}

async function build(folder: string): Promise<string> {
  const file = join(folder, 'executable')
  const script = join(import.meta.dir, '../scripts/build.ts')
  const child = Bun.spawn([process.execPath, script, file], { stdio: ['ignore', 'ignore', 'inherit'] })
  if ((await child.exited) !== 0) throw new Error('The executable could not be built')
  return file
}

/** A file, or a command with its arguments. */
function commandOf(text: string): string[] {
  const [program = '', ...list] = text.split(' ')
  return [program.includes('/') ? resolve(program) : program, ...list]
}

function misuse(message: string): number {
  process.stderr.write(`bench: ${message}\n`)
  return 2
}
