import { expect, test } from 'bun:test'
import type { RemoteDetector } from '../../../../src/guard/detector.ts'
import type { TraceQuery, TraceRecord } from '../../../../src/cli/source.ts'
import { play, sourceOf, traceOf } from '../world.ts'
import { filesOf, ruleOn } from './files.ts'

const rules = `${ruleOn('sesame')}\n${ruleOn('seeds')}`

/** An exchange of Chat Completions: what was said before, the question, and the answer. */
function exchange(id: string, texts: readonly string[], answer: string): TraceRecord {
  const messages = texts.map((content, at) => ({ role: at % 2 === 0 ? 'user' : 'assistant', content }))
  return traceOf({
    id,
    request: { model: 'gpt-5', messages },
    reply: {
      choices: [{ index: 0, message: { role: 'assistant', content: answer }, finish_reason: 'stop' }],
    },
  })
}

function world(traces: readonly TraceRecord[], asked: TraceQuery[] = []) {
  return { ...filesOf({ 'a.gr': rules }), openTraces: async () => sourceOf(traces, asked) }
}

const traces = [
  exchange('c', ['open', 'sesame', 'thanks'], 'not at all'),
  exchange('b', ['open'], 'sesame'),
  exchange('a', ['sesame and sesame seeds'], 'fine'),
]

test('each rule is told with what it found, in what each exchange added', async () => {
  expect(await play(['rules', 'run', 'a.gr'], world(traces))).toEqual({
    code: 0,
    err: '',
    waits: [],
    out: '1\t2\t2\t0\tsays sesame\tb a\n' + '5\t1\t1\t0\tsays seeds\ta\n' + '3 traces judged, 3 findings\n',
  })
})

test('with --whole the history of each exchange is judged too', async () => {
  const { out } = await play(['rules', 'run', 'a.gr', '--whole'], world(traces))
  expect(out).toStartWith('1\t3\t3\t0\tsays sesame\tc b a\n')
})

test('so many of the newest traces are read as --over says, over all pages', async () => {
  const many = Array.from({ length: 250 }, (_, at) => exchange(`t${at}`, ['sesame'], ''))
  const judged = async (...list: string[]) => {
    const { out } = await play(['rules', 'run', 'a.gr', ...list], world(many))
    return out.trimEnd().split('\n').at(-1)
  }
  expect(await judged('--over', 'last:1')).toBe('1 trace judged, 1 finding')
  expect(await judged('--over', 'last:100')).toBe('100 traces judged, 100 findings')
  expect(await judged('--over', 'last:101')).toBe('101 traces judged, 101 findings')
  expect(await judged('--over', 'all')).toBe('250 traces judged, 250 findings')
  expect(await judged()).toBe('250 traces judged, 250 findings')
})

test('traces are chosen by the filters that other commands have', async () => {
  const asked: TraceQuery[] = []
  await play(['rules', 'run', 'a.gr', '--project', 'p', '--model', 'm', '--since', '1h'], world([], asked))
  expect(asked).toMatchObject([{ project: 'p', model: 'm', since: expect.any(Number) }])
})

test('as JSON each finding is a line, and the sums are the last', async () => {
  const { out } = await play(['rules', 'run', 'a.gr', '--json'], world(traces))
  const lines = out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(lines).toHaveLength(4)
  expect(lines[0]).toEqual({
    kind: 'finding',
    trace: 'b',
    line: 1,
    args: ['says sesame'],
    kwargs: {},
    ranges: ['messages.1', 'messages.1.content:0-6'],
  })
  expect(lines[3]).toMatchObject({
    kind: 'summary',
    isStopped: false,
    judged: 3,
    unread: 0,
    findings: 3,
    rules: [
      { line: 1, traces: 2, findings: 2, examples: ['b', 'a'] },
      { line: 5, traces: 1 },
    ],
  })
})

test('what is no conversation is counted, and no reason to stop', async () => {
  const others = [
    traceOf({ id: 'x', dialect: null }),
    traceOf({ id: 'y', request: 'no JSON' }),
    traceOf({ id: 'z', request: { kind: 'binary', bytes: 5, sha256: null, contentType: null } }),
    exchange('a', ['sesame'], ''),
  ]
  const { out, code } = await play(['rules', 'run', 'a.gr'], world(others))
  expect(code).toBe(0)
  expect(out).toEndWith('1 trace judged, 1 finding, 3 without a conversation that rules can read\n')
})

test('a rule that fails is told, and the others are judged', async () => {
  const needy = `${ruleOn('sesame')}\nraise "x" if:\n    (m: Message)\n    input.limit == 1\n`
  const files = { ...world(traces), ...filesOf({ 'a.gr': needy }) }
  const failing = await play(['rules', 'run', 'a.gr'], files)
  expect(failing.code).toBe(1)
  expect(failing.out).toContain('1\t2\t2\t0\tsays sesame\tb a\n5\t0\t0\t3\t-\t-\nthe rule in line 5 failed: ')
  const helped = await play(['rules', 'run', 'a.gr', '--parameters', '{"limit": 1}'], files)
  expect(helped.out).toContain('5\t3\t6\t0\tx\tc b a\n')
  const json = await play(['rules', 'run', 'a.gr', '--json'], files)
  expect(json.out).toContain('{"kind":"failure","trace":"c","line":5,')
})

test('at most three traces are kept as examples of a rule', async () => {
  const many = Array.from({ length: 9 }, (_, at) => exchange(`t${at}`, ['sesame'], ''))
  expect((await play(['rules', 'run', 'a.gr'], world(many))).out).toStartWith(
    '1\t9\t9\t0\tsays sesame\tt0 t1 t2\n',
  )
})

test('stopped, it gives what it had, and says so', async () => {
  const stop = new AbortController()
  const source = sourceOf(traces)
  const stopping = {
    ...world(traces),
    stop: stop.signal,
    openTraces: async () => ({
      ...source,
      get: async (id: string) => {
        if (id === 'b') stop.abort()
        return source.get(id)
      },
    }),
  }
  const { out, code } = await play(['rules', 'run', 'a.gr'], stopping)
  expect(code).toBe(130)
  expect(out).toEndWith('2 traces judged until it was stopped, 1 finding\n')
})

test('on a terminal there is a table that fits it, and how far it is', async () => {
  const { out, err } = await play(['rules', 'run', 'a.gr'], {
    ...world(traces),
    isTerminal: true,
    isErrorTerminal: true,
    width: 60,
  })
  const lines = Bun.stripANSI(out).trimEnd().split('\n')
  expect(lines[0]).toContain('LINE  TRACES  FINDINGS')
  for (const line of lines) expect(Bun.stringWidth(line)).toBeLessThanOrEqual(60)
  expect(Bun.stripANSI(err)).toContain('1 of at most 1,000 traces, 0 findings')
  expect(err).toEndWith('\r\x1b[K')
})

test('what cannot be meant is told before anything is read', async () => {
  const wrong = async (...list: string[]) => {
    const { code, err } = await play(['rules', 'run', 'a.gr', ...list], world(traces))
    return `${code} ${err}`
  }
  expect(await wrong('--over', '100')).toBe(
    '2 weir: --over must be last:NUMBER, such as last:10000, or all\n',
  )
  expect(await wrong('--over', 'last:0')).toStartWith('2 ')
  expect(await wrong('--parameters', '[]')).toBe('2 weir: --parameters must be a JSON object\n')
  expect(await wrong('--since', 'ever')).toStartWith('2 ')
  const broken = { ...world(traces), ...filesOf({ 'a.gr': 'raise' }) }
  expect(await play(['rules', 'run', 'a.gr'], broken)).toMatchObject({
    code: 1,
    out: '',
    err: expect.stringContaining('a.gr:1:'),
  })
})

test('who stops does not wait for detectors, and what these did not say is no failure', async () => {
  const stop = new AbortController()
  const detector: RemoteDetector = {
    ...{ kind: 'remote', name: 'moderated', kinds: [] },
    detect: (_texts, _options, signal) => {
      const left = Promise.withResolvers<never>()
      signal.addEventListener('abort', () => left.reject(new Error('left')))
      stop.abort()
      return left.promise
    },
  }
  const asking =
    'from invariant.detectors import moderated\nraise "x" if:\n    (m: Message)\n    moderated(m)\n'
  const { code, out } = await play(['rules', 'run', 'a.gr'], {
    ...world(traces),
    ...filesOf({ 'a.gr': asking, 'weir.yaml': 'detectors: { moderated: { url: "http://127.0.0.1:1" } }' }),
    connect: () => new Map([['moderated', detector]]),
    stop: stop.signal,
  })
  expect(code).toBe(130)
  expect(out).toContain('0 traces judged until it was stopped, 0 findings')
})

test('what keeps a rule silent is told once', async () => {
  const silent = 'raise "x" if:\n    (m: Message)\n    m.content\n'
  const { code, err } = await play(['rules', 'run', 'a.gr'], {
    ...world(traces),
    ...filesOf({ 'a.gr': silent }),
  })
  expect({ code, err }).toEqual({
    code: 0,
    err: 'a.gr:1: warning: a condition came to a str, neither true nor false\n',
  })
})
