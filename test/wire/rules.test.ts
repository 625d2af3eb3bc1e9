import { expect, test } from 'bun:test'
import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { watchWeir, weir as command } from '../support/command.ts'
import { createFolder } from '../support/traces.ts'
import { until } from '../support/until.ts'
import { startWeir, type Weir } from '../support/weir.ts'

/** `weir rules` as a user runs it, over what a Weir has stored: through its files, and through its API. */
// The demo says again what it was told.
const rule = 'raise "says sesame" if:\n    (m: Message)\n    m.role == "user"\n    "sesame" in m.content\n'

async function say(weir: Weir, content: string): Promise<void> {
  const body = JSON.stringify({ model: 'demo/fast', messages: [{ role: 'user', content }] })
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(`${weir.url}/v1/chat/completions`, { method: 'POST', body, headers })
  await response.text()
  await weir.trace(response.headers.get('x-weir-trace') ?? undefined)
}

test('stored traces are judged, from the files and from a Weir that runs', async () => {
  await using weir = await startWeir()
  using folder = createFolder()
  await Bun.write(join(folder.path, 'a.gr'), rule)
  for (const content of ['open', 'sesame', 'open sesame']) await say(weir, content)
  const surroundings = { folder: folder.path }
  for (const where of [
    ['--data', weir.folder],
    ['--url', weir.url],
  ]) {
    const { code, stdout, stderr } = await command(['rules', 'run', 'a.gr', '--json', ...where], surroundings)
    expect([code, stderr]).toEqual([0, ''])
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(lines.filter(({ kind }) => kind === 'finding')).toMatchObject([
      { args: ['says sesame'], ranges: ['messages.0', 'messages.0.content:5-11'] },
      { args: ['says sesame'], ranges: ['messages.0', 'messages.0.content:0-6'] },
    ])
    expect(lines.at(-1)).toMatchObject({ kind: 'summary', judged: 3, unread: 0, findings: 2 })
  }
  const first = await command(
    ['rules', 'run', 'a.gr', '--over', 'last:1', '--data', weir.folder],
    surroundings,
  )
  expect(first.stdout).toEndWith('1 trace judged, 1 finding\n')
})

test('Ctrl-C ends it with what it had', async () => {
  await using weir = await startWeir()
  using folder = createFolder()
  // Slow enough to be stopped: 150 ms for each trace.
  const slow = 'raise "x" if:\n    (a: Message)\n    len([c for c in a.content if c == "y"]) > 500000\n'
  await Bun.write(join(folder.path, 'a.gr'), rule + slow)
  for (let each = 0; each < 12; each++) await say(weir, 'sesame'.repeat(30_000))
  const running = watchWeir(['rules', 'run', 'a.gr', '--json', '--data', weir.folder], {
    folder: folder.path,
  })
  await until('a finding', () => running.out().includes('finding'))
  running.signal('SIGINT')
  expect(await running.exited).toBe(130)
  const last = JSON.parse(running.out().trimEnd().split('\n').at(-1) ?? '')
  expect(last).toMatchObject({ kind: 'summary', isStopped: true })
  expect(last.judged).toBeLessThan(12)
})

test('the starter set is written, checked and tested in a folder on the disk', async () => {
  using folder = createFolder()
  const run = (...list: string[]) => command(['rules', ...list], { folder: folder.path })
  expect((await run('init')).code).toBe(0)
  expect((await run('check', '--strict')).stdout).toBe('4 files, 20 rules; nothing wrong\n')
  expect((await run('test')).stdout).toMatch(/^4 files, \d+ cases: all hold\n$/)
  await cp(join(folder.path, 'rules/secrets.test.yaml'), join(folder.path, 'rules/injection.test.yaml'))
  const broken = await run('test', 'rules/injection.gr')
  expect(broken.code).toBe(1)
  expect(broken.stdout).toContain('FAILED rules/injection.gr: a key is sent with curl')
})
