import { expect, test } from 'bun:test'
import type { TraceRecord } from '../../../../src/cli/source.ts'
import { play, sourceOf, traceOf } from '../world.ts'

const id = traceOf().id

test('a trace is shown with its facts, its request and its reply', async () => {
  const played = await play(['traces', 'show', id], { openTraces: async () => sourceOf([traceOf()]) })
  expect(played.code).toBe(0)
  expect(played.out).toBe(`${id} answered with status 200
call     POST /v1/chat/completions
model    gpt-5 · openai · openai-chat
project  default
started  2026-05-02 09:30:00 UTC
took     2.3 s, first byte after 420 ms
attempts 1
tokens   in 1,200 (cached -), out 45 (reasoning -)
answer   whole
cost     unknown: No price is known
request  1.2 kB received, 1.2 kB sent
reply    1.2 kB received, 1.2 kB sent

Request headers
content-type: application/json

Request
{
  "model": "gpt-5"
}

Reply headers
content-type: text/event-stream

Reply
{
  "text": "Hello"
}
`)
})

test('why an answer stopped, who gave it and what of it is not known is told', async () => {
  const trace = traceOf({
    reply: { choices: [{ finish_reason: 'length' }] },
    answer: { ending: 'cut', model: 'gpt-5-2026', unknownEvents: { news: 3 } },
    requestSplice: { at: 10, length: 14, with: '"gpt-5"' },
  })
  const { out } = await play(['traces', 'show', id], { openTraces: async () => sourceOf([trace]) })
  expect(out).toContain(
    'answer   cut off, stopped by length, by gpt-5-2026, with unknown events (3 × news)\n',
  )
  expect(out).toContain('request  1.2 kB received, 1.2 kB sent (model renamed)\n')
})

test('why a compressed body is not kept as it came is told', async () => {
  const trace = traceOf({ withheld: { request: 'credential-within', reply: 'unreadable' } })
  const { out } = await play(['traces', 'show', id], { openTraces: async () => sourceOf([trace]) })
  expect(out).toMatch(/^withheld request not kept as it came: a credential is hidden in it/m)
  expect(out).toMatch(/^withheld reply not kept: compressed in a way that nobody can look into/m)
})

test('no verdicts are not told, and some are', async () => {
  const shown = async (verdicts: TraceRecord['verdicts']) =>
    (await play(['traces', 'show', id], { openTraces: async () => sourceOf([traceOf({ verdicts })]) })).out
  expect(await shown([])).not.toContain('Verdicts')
  const found = {
    order: 'secrets',
    action: 'block',
    mode: 'hold',
    on: 'answer',
    line: 3,
    message: 'a key\u001b[31m',
    ranges: ['messages.2', 'messages.2.content', 'messages.2.content:4-9'],
    leftBytes: 1200,
  }
  expect(await shown([found])).toContain(
    'Verdicts\nblock by secrets, line 3: a key\\u001b[31m (messages.2.content:4-9), 1.2 kB had left\n',
  )
})

test('what is not known is said to be unknown', async () => {
  const trace = traceOf({
    status: null,
    model: null,
    provider: null,
    dialect: null,
    usage: null,
    outcome: 'interrupted',
    detail: 'Weir was killed',
    timing: { calledMs: null, answeredMs: null, firstByteMs: 420, endedMs: null },
    reply: null,
    replyHeaders: null,
    dropped: { request: 0, reply: 5000 },
  })
  const { out } = await play(['traces', 'show', id], { openTraces: async () => sourceOf([trace]) })
  expect(out).toStartWith(`${id} interrupted\nwhy      Weir was killed\n`)
  expect(out).toContain('model    unknown · unknown · unknown\n')
  expect(out).toContain('took     unknown, nobody saw its end, first byte after 420 ms\n')
  expect(out).toContain('tokens   unknown\n')
  expect(out).toContain('not kept 0 B of request, 5.0 kB of reply\n')
  expect(out).not.toContain('Reply')
})

test('what a model answered cannot steer the terminal', async () => {
  const trace = traceOf({ reply: 'red \x1b[31m, title \x1b]0;x\x07, erase \r\x9b2J' })
  const { out } = await play(['traces', 'show', id], { openTraces: async () => sourceOf([trace]) })
  expect(out).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/)
})

test('JSON is the whole trace', async () => {
  const { out } = await play(['traces', 'show', id, '--json'], {
    openTraces: async () => sourceOf([traceOf()]),
  })
  expect(JSON.parse(out)).toEqual(traceOf())
})

test('raw is the bytes as they came', async () => {
  const bytes = new Uint8Array([0, 255, 27, 10])
  const written: unknown[] = []
  await play(['traces', 'show', id, '--raw'], {
    stdout: (data) => written.push(data),
    openTraces: async () => ({ ...sourceOf([]), raw: async () => ({ bytes, reads: [] }) }),
  })
  expect(written).toEqual([bytes])
})

test('an id that no trace has is an error', async () => {
  for (const flag of [[], ['--raw'], ['--json']]) {
    expect(await play(['traces', 'show', 'x\x1b', ...flag])).toMatchObject({
      code: 1,
      out: '',
      err: 'weir: There is no trace x\\u001b\n',
    })
  }
  expect(await play(['traces', 'show'])).toMatchObject({ code: 2 })
})

test('an exchange that has not ended is told as running, with what is known', async () => {
  const { method, path, startedAt, ...rest } = traceOf()
  const begin = { method, path, startedAt, project: 'p', provider: 'openai', dialect: rest.dialect }
  const running = { ...begin, id, model: 'gpt-5\x1b', stream: true, status: 200, requestBytes: 1500 }
  const openTraces = async () => ({ ...sourceOf([]), running: async () => running })
  for (const command of [
    ['traces', 'show', id],
    ['traces', 'show', id, '--raw'],
    ['replay', id],
  ]) {
    const { code, out, err } = await play(command, { openTraces })
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toBe(
      [
        `weir: ${id} is still running: it is a trace once it has ended`,
        '  call     POST /v1/chat/completions',
        '  model    gpt-5\\u001b · openai',
        '  started  2026-05-02 09:30:00 UTC, 30 m 00 s ago',
        '  request  1.5 kB received, answering with status 200',
        '',
      ].join('\n'),
    )
  }
})
