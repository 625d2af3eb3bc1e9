import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { watchWeir, weir } from '../support/command.ts'
import { createFolder } from '../support/traces.ts'
import { until } from '../support/until.ts'
import { startChild, type Child } from '../support/child.ts'

/** Every command over real traces: from the store's files beside a Weir that runs, and over its API. */
const token = 'a-token-of-some-length'
const folder = createFolder()
const surroundings = { folder: folder.path }
let child: Child
const ids = { fast: '', streamed: '', down: '' }
/** Before it the three of the beginning, after it what the tests add. */
let settledAt = ''

beforeAll(async () => {
  child = await startChild({ token }, surroundings)
  ids.fast = await ask('fast', false)
  ids.streamed = await ask('human', true)
  ids.down = await ask('s04', false)
  await until('the traces', async () => (await child.traces()).length === 3)
  settledAt = new Date().toISOString()
}, 15_000)

afterAll(async () => {
  child.process.kill('SIGTERM')
  await child.process.exited
  folder[Symbol.dispose]()
})

/** The id of the exchange, once it is over. */
async function ask(model: string, stream: boolean): Promise<string> {
  const messages = [{ role: 'user', content: `Hello from the ${model} zebra` }]
  const response = await fetch(`${child.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: `demo/${model}`, stream, messages }),
  })
  await response.arrayBuffer()
  return response.headers.get('x-weir-trace') ?? ''
}

/** From `--json`: one object a line. */
function idsIn(lines: string): string[] {
  return lines
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line).id)
}

// The store's own files, found by the configuration in the folder; and the API of the Weir that runs.
const sources: [string, () => string[]][] = [
  ['files', () => []],
  ['the API', () => ['--url', child.url, '--token', token]],
]

describe.each(sources)('from %s', (_, source) => {
  const traces = (...list: readonly string[]) => weir(['traces', ...list, ...source()], surroundings)
  const replay = (...list: readonly string[]) => weir(['replay', ...list, ...source()], surroundings)

  test('list has the newest first, plain where no terminal is, and what the filters name', async () => {
    const all = await traces('list', '--until', settledAt)
    expect(all).toMatchObject({ code: 0, stderr: '' })
    const rows = all.stdout.trimEnd().split('\n')
    const cells = rows.map((row) => row.split('\t'))
    expect(cells.map(([id]) => id)).toEqual([ids.down, ids.streamed, ids.fast])
    expect(cells.map(([, , outcome, status]) => [outcome, status])).toEqual([
      ['failed', '503'],
      ['answered', '200'],
      ['answered', '200'],
    ])
    const filtered = async (...list: string[]) =>
      idsIn((await traces('list', '--json', '--until', settledAt, ...list)).stdout)
    const found = await Promise.all([
      filtered('--status', '503'),
      filtered('--model', 'fast'),
      filtered('--outcome', 'answered', '--limit', '1'),
      filtered('--text', 'HUMAN zebra', '--since', '1h'),
      filtered('--since', '2100-01-01'),
    ])
    expect(found).toEqual([[ids.down], [ids.fast], [ids.streamed], [ids.streamed], []])
  })

  test('show has the facts to read, all as JSON, and the bytes as they came', async () => {
    const [page, json, raw] = await Promise.all([
      traces('show', ids.streamed),
      traces('show', ids.streamed, '--json'),
      traces('show', ids.streamed, '--raw'),
    ])
    expect(page.stdout).toStartWith(`${ids.streamed} answered with status 200\n`)
    expect(page.stdout).toContain('Hello from the human zebra')
    expect(JSON.parse(json.stdout)).toMatchObject({
      id: ids.streamed,
      outcome: 'answered',
      reply: { object: 'chat.completion' },
    })
    expect(raw.stdout).toEndWith('data: [DONE]\n\n')
    const none = await traces('show', '0123456789abcdefghjk')
    expect(none).toMatchObject({
      code: 1,
      stdout: '',
      stderr: 'weir: There is no trace 0123456789abcdefghjk\n',
    })
  })

  test('export has every trace whole, one a line', async () => {
    const { stdout, code } = await traces('export', '--outcome', 'answered', '--until', settledAt)
    expect(code).toBe(0)
    const lines = stdout.trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line).request.model)).toEqual(['demo/human', 'demo/fast'])
  })

  test('follow tells what comes in while it runs and fits, and ends in order on Ctrl-C', async () => {
    const following = watchWeir(
      ['traces', 'follow', '--json', '--model', 'echo', '--text', 'echo zebra', ...source()],
      surroundings,
    )
    const seen = new Set<string>()
    await until('a trace to be told', async () => {
      // It says nothing of its being ready: what came before is not told.
      seen.add(await ask('echo', false))
      await ask('fast', false)
      return following.out().includes('\n')
    })
    following.signal('SIGINT')
    expect(await following.exited).toBe(0)
    const told = idsIn(following.out())
    expect(told.length).toBeGreaterThan(0)
    expect(told.every((id) => seen.has(id))).toBe(true)
  }, 10_000)

  test('replay gives the bytes with the time they took, or at once', async () => {
    const { stdout: json } = await traces('show', ids.streamed, '--json')
    const endedMs: number = JSON.parse(json).timing.endedMs
    const timed = async (speed: string) => {
      const startedMs = performance.now()
      const { stdout } = await replay(ids.streamed, '--speed', speed)
      return { stdout, ms: performance.now() - startedMs }
    }
    const atOnce = await timed('max')
    const asItCame = await timed('1')
    expect(asItCame.stdout).toBe(atOnce.stdout)
    expect(atOnce.stdout).toEndWith('data: [DONE]\n\n')
    // The start of the command is in both, and the machine may be busy with the one and not with the other.
    expect(asItCame.ms).toBeGreaterThan(endedMs * 0.9)
    expect(atOnce.ms).toBeLessThan(asItCame.ms)
    expect(asItCame.ms).toBeLessThan(endedMs + 5000)
  }, 15_000)

  test('a dry run of prune counts, and removes nothing', async () => {
    const count = async () => idsIn((await traces('list', '--json', '--limit', '1000')).stdout).length
    const before = await count()
    const byCount = await traces('prune', '--keep', String(before - 1), '--dry-run')
    expect(byCount.stdout).toMatch(/^1 trace( \(about .*\))? would be removed\n$/)
    const byAge = await traces('prune', '--older-than', '1d', '--dry-run')
    expect(byAge.stdout).toMatch(/^0 traces( \(about 0 B\))? would be removed\n$/)
    expect(await count()).toBe(before)
  })
})

test('what prune removes beside a Weir that runs is gone for both, and what comes after is kept', async () => {
  const removed = await weir(['traces', 'prune', '--keep', '1'], surroundings)
  expect(removed.stdout).toMatch(/^\d+ traces \(.*\) removed\n$/)
  const id = await ask('fast', false)
  await until('the new trace', async () => (await child.traces()).some((trace) => trace.id === id))
  const api = await weir(['traces', 'list', '--json', '--url', child.url, '--token', token], surroundings)
  const all = idsIn(api.stdout)
  expect(all.length).toBe(2)
  expect(all[0]).toBe(id)
  const byApi = await weir(
    ['traces', 'prune', '--keep', '0', '--url', child.url, '--token', token],
    surroundings,
  )
  expect(byApi.stdout).toBe('2 traces removed\n')
  expect(await child.traces()).toEqual([])
}, 10_000)

test('what cannot be reached, needs a token or is no Weir is told in one line', async () => {
  using stranger = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response('Hello') })
  const list = (url: string, environment = {}) =>
    weir(['traces', 'list', '--url', url], { ...surroundings, environment })
  const [none, wrong, right, other, nobody] = await Promise.all([
    list(child.url),
    list(child.url, { WEIR_TOKEN: 'a-wrong-one' }),
    list(child.url, { WEIR_TOKEN: token }),
    list(`http://127.0.0.1:${stranger.port}`),
    list('http://127.0.0.1:1'),
  ])
  expect(none.stderr).toBe(`weir: ${child.url} needs a token: set $WEIR_TOKEN, or give --token\n`)
  expect(wrong.stderr).toBe(`weir: ${child.url} does not accept this token\n`)
  expect(right.code).toBe(0)
  expect(other.stderr).toBe(`weir: What answers at http://127.0.0.1:${stranger.port} is not a Weir\n`)
  expect(nobody.stderr).toBe('weir: Cannot reach http://127.0.0.1:1: nothing listens there\n')
  expect([none, wrong, other, nobody].map(({ code }) => code)).toEqual([1, 1, 1, 1])
})

test('a folder without a store is told, and one with something else is left alone', async () => {
  using empty = createFolder()
  const list = () => weir(['traces', 'list', '--data', empty.path], surroundings)
  const path = `${empty.path}/traces.sqlite`
  expect(await list()).toEqual({
    code: 0,
    stdout: '',
    stderr: `There are no traces yet: ${path} is not there\n`,
  })
  await Bun.write(path, 'no store at all '.repeat(100))
  const damaged = await list()
  expect(damaged.code).toBe(1)
  expect(damaged.stderr).toMatch(/^weir: .* is damaged, or no store of Weir: [^\n]*\n$/)
})

test('help, version and what was probably meant', async () => {
  const [help, part, version, near, flag, missing] = await Promise.all([
    weir(['--help'], surroundings),
    weir(['traces', 'prune', '--help'], surroundings),
    weir(['version'], surroundings),
    weir(['traces', 'lsit'], surroundings),
    weir(['traces', 'list', '--outcom', 'failed'], surroundings),
    weir(['traces', 'show'], surroundings),
  ])
  for (const command of ['serve', 'check', 'traces follow', 'replay', 'version'])
    expect(help.stdout).toContain(`  ${command} `)
  expect(part.stdout).toContain('weir traces prune --older-than 30d --dry-run')
  expect(version.stdout).toMatch(/^weir \d+\.\d+\.\d+\n$/)
  expect([help, part, version].map(({ code }) => code)).toEqual([0, 0, 0])
  expect(near.stderr).toBe('weir: "lsit" is no command; did you mean weir traces list?\n')
  expect(flag.stderr).toStartWith('weir: --outcom is unknown; did you mean --outcome?')
  expect(missing.stderr).toStartWith('weir: ID is missing')
  expect([near, flag, missing].map(({ code }) => code)).toEqual([2, 2, 2])
})
