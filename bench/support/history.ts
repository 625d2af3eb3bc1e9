import { cpus, release, totalmem } from 'node:os'
import { join } from 'node:path'
import type { Finding } from './finding.ts'

/** One JSON file per run: what was measured, when, on which commit and machine. Nothing that names the machine. */
export async function keep(findings: readonly Finding[], options: object): Promise<string> {
  const date = new Date().toISOString()
  const commit = await git('rev-parse', '--short=12', 'HEAD')
  const isClean = (await git('status', '--porcelain', '--untracked-files=no')) === ''
  const machine = {
    cores: cpus().length,
    processor: cpus()[0]?.model ?? 'unknown',
    memoryGb: Math.round(totalmem() / 1e9),
    kernel: release(),
    bun: Bun.version,
  }
  const name = `${date.slice(0, 19).replaceAll(':', '')}-${commit || 'none'}.json`
  const file = join(import.meta.dir, '../history', name)
  const record = { date, commit, isClean, machine, options, findings }
  await Bun.write(file, JSON.stringify(record, rounded, 1) + '\n')
  // Kept like any file of the project, and so in the form that its check asks for.
  await Bun.spawn([process.execPath, 'fmt', file], { stdio: ['ignore', 'ignore', 'inherit'] }).exited
  return `bench/history/${name}`
}

/** Three decimals are more than the machine's noise leaves. */
function rounded(_: string, value: unknown): unknown {
  return typeof value === 'number' ? Math.round(value * 1000) / 1000 : value
}

async function git(...list: string[]): Promise<string> {
  const child = Bun.spawn(['git', ...list], { cwd: import.meta.dir, stdio: ['ignore', 'pipe', 'ignore'] })
  return (await new Response(child.stdout).text()).trim()
}
