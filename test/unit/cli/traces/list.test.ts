import { expect, test } from 'bun:test'
import type { TraceQuery, Whereabouts } from '../../../../src/cli/source.ts'
import { play, sourceOf, traceOf } from '../world.ts'

const now = Date.parse('2026-05-02T10:00:00Z')

function many(count: number) {
  return Array.from({ length: count }, (_, index) => traceOf({ id: `trace-${index}` }))
}

test('elsewhere than on a terminal, a trace is one line with its fields between tabs', async () => {
  const unknown = traceOf({
    id: 'x',
    status: null,
    provider: null,
    model: null,
    usage: null,
    outcome: 'refused',
    timing: { calledMs: null, answeredMs: null, firstByteMs: null, endedMs: 3 },
  })
  const played = await play(['traces', 'list'], { openTraces: async () => sourceOf([traceOf(), unknown]) })
  expect(played).toEqual({
    code: 0,
    err: '',
    waits: [],
    out:
      '01k3v9w2b60017f3kq8s\t2026-05-02 09:30:00\tanswered\t200\t420 ms\t2.3 s\t1,200\t45\t-\t1.2 kB\topenai\tgpt-5\t-\n' +
      'x\t2026-05-02 09:30:00\trefused\t-\t-\t3.0 ms\t-\t-\t-\t1.2 kB\t-\t-\t-\n',
  })
})

test('on a terminal, columns are aligned and no line is wider than it', async () => {
  const traces = [traceOf({ model: 'm'.repeat(60) }), traceOf({ model: '日本語', outcome: 'provider-cut' })]
  for (let width = 50; width <= 200; width += 7) {
    const played = await play(['traces', 'list'], {
      isTerminal: true,
      width,
      openTraces: async () => sourceOf(traces),
    })
    const lines = played.out.trimEnd().split('\n')
    expect(lines).toHaveLength(3)
    for (const line of lines) expect(Bun.stringWidth(line)).toBeLessThanOrEqual(width)
    expect(Bun.stripANSI(lines[1] ?? '')).toStartWith('01k3v9w2b60017f3kq8s  ')
  }
})

test('names that clients chose cannot steer the terminal', async () => {
  const trace = traceOf({ model: 'a\x1b]0;title\x07\nb\u202ec' })
  const played = await play(['traces', 'list'], {
    isTerminal: true,
    width: 200,
    environment: { HOME: '/h', NO_COLOR: '1' },
    openTraces: async () => sourceOf([trace]),
  })
  expect(played.out).not.toMatch(/[\x1b\x07\u202e]/)
  expect(played.out).toContain('a\\u001b]0;title\\u0007 b\\u202ec')
})

test('at most as many as asked for are listed, over as many pages as it takes', async () => {
  const openTraces = async () => sourceOf(many(250))
  const count = async (...list: string[]) =>
    (await play(['traces', 'list', ...list], { openTraces })).out.split('\n').length - 1
  expect(await count()).toBe(20)
  expect(await count('--limit', '1')).toBe(1)
  expect(await count('--limit', '201')).toBe(201)
  expect(await count('--limit', '999')).toBe(250)
})

test('JSON is one trace a line', async () => {
  const played = await play(['traces', 'list', '--json'], {
    openTraces: async () => sourceOf([traceOf(), traceOf()]),
  })
  const lines = played.out.trimEnd().split('\n')
  expect(lines.map((line): unknown => JSON.parse(line))).toEqual([traceOf(), traceOf()])
})

test('nothing found is nothing written, and said to a terminal', async () => {
  expect(await play(['traces', 'list'])).toMatchObject({ code: 0, out: '', err: '' })
  expect(await play(['traces', 'list'], { isErrorTerminal: true })).toMatchObject({
    out: '',
    err: 'No such traces\n',
  })
})

test('where traces would be is told when there are none yet, whoever reads', async () => {
  const openTraces = async () => ({ ...sourceOf([]), missing: () => '/data/traces.sqlite' })
  for (const command of ['list', 'list --json', 'export']) {
    expect(await play(['traces', ...command.split(' ')], { openTraces })).toMatchObject({
      code: 0,
      out: '',
      err: 'There are no traces yet: /data/traces.sqlite is not there\n',
    })
  }
})

test('filters are handed on', async () => {
  const asked: TraceQuery[] = []
  const list =
    '--project p --provider o --model m --outcome timed-out --verdict flag --status 504 --since 2h --until 2026-05-02T09:00:00Z --text t'
  await play(['traces', 'list', ...list.split(' ')], { openTraces: async () => sourceOf([], asked) })
  expect(asked).toEqual([
    {
      project: 'p',
      provider: 'o',
      model: 'm',
      outcome: 'timed-out',
      verdict: 'flag',
      status: 504,
      since: now - 7_200_000,
      until: now - 3_600_000,
      text: 't',
    },
  ])
})

test('a filter that makes no sense is refused', async () => {
  const wrong: [string, string][] = [
    ['--outcome=answerd', 'did you mean answered?'],
    ['--outcome=constructor', '--outcome must be one of answered,'],
    ['--verdict=blocked', '--verdict must be one of allow, flag, block; did you mean block?'],
    ['--status=99', '--status must be an HTTP status'],
    ['--since=yesterday', '--since must be a time ago'],
    ['--until=5', '--until must be a time ago'],
    ['--limit=0', '--limit must be a number'],
    ['--limit=x', '--limit must be a number'],
  ]
  for (const [flag, message] of wrong) {
    const played = await play(['traces', 'list', flag])
    expect(played.code).toBe(2)
    expect(played.err).toContain(message)
  }
})

test('traces come from the folder that is configured, or from a running Weir', async () => {
  const places: Whereabouts[] = []
  const openTraces = async (where: Whereabouts) => {
    places.push(where)
    return sourceOf([])
  }
  const readText = async () => 'data: /from-file'
  const environment = { HOME: '/h', WEIR_TOKEN: 'token-of-environment' }
  await play(['traces', 'list'], { openTraces })
  await play(['traces', 'list'], { openTraces, readText })
  await play(['traces', 'list', '--data', 'here'], { openTraces, readText })
  await play(['traces', 'list', '--data', 'here'], { openTraces, readText: async () => 'token: $NOT_SET' })
  await play(['traces', 'list', '--url', 'http://h:1'], { openTraces, readText })
  await play(['traces', 'list', '--url', 'http://h:1'], { openTraces, environment })
  await play(['traces', 'list', '--url', 'http://h:1', '--token', 't'], { openTraces, environment })
  expect(places).toEqual([
    { kind: 'store', folder: '/home/ada/.local/state/weir' },
    { kind: 'store', folder: '/from-file' },
    { kind: 'store', folder: '/srv/here' },
    { kind: 'store', folder: '/srv/here' },
    { kind: 'instance', url: 'http://h:1', token: null },
    { kind: 'instance', url: 'http://h:1', token: 'token-of-environment' },
    { kind: 'instance', url: 'http://h:1', token: 't' },
  ])
  const faulty = await play(['traces', 'list'], { openTraces, readText: async () => 'data: [' })
  expect(faulty.code).toBe(1)
  expect(faulty.err).toContain('--data DIR')
  expect((await play(['traces', 'list', '--url', 'nowhere'])).err).toBe(
    'weir: --url must be an http:// or https:// address\n',
  )
})

test('the source is closed, also when reading fails', async () => {
  let closed = 0
  const openTraces = async () => ({
    ...sourceOf([]),
    list: () => Promise.reject(new Error('The store is locked')),
    close: async () => void closed++,
  })
  expect(await play(['traces', 'list'], { openTraces })).toMatchObject({
    code: 1,
    err: 'weir: The store is locked\n',
  })
  expect(closed).toBe(1)
})

test('costs are rounded, and what is estimated or not all of it is marked', async () => {
  const mark = { total: '0.00125', currency: 'USD', complete: true, estimated: false } as const
  const costOf = async (more: { estimated?: boolean; complete?: boolean }) => {
    const cost = {
      ...mark,
      source: { kind: 'file', version: '' } as const,
      provider: 'p',
      model: 'm',
      note: null,
      lines: [],
      ...more,
    }
    const { out } = await play(['traces', 'list'], { openTraces: async () => sourceOf([traceOf({ cost })]) })
    return out.split('\t')[8]
  }
  expect(await costOf({})).toBe('$0.0013')
  expect(await costOf({ estimated: true, complete: false })).toBe('~$0.0013+')
})
