import { expect, test } from 'bun:test'
import { createProvider, whole } from '../support/provider.ts'
import { configOf, startWeir } from '../support/weir.ts'

/** The guard service over real sockets, judged in its own thread. */
const said = 'raise "secret" if:\n    (m: Message)\n    "sesame" in m.content\n'

async function post(url: string, path: string, body: unknown): Promise<[number, unknown]> {
  const response = await fetch(`${url}/api/v1/policy/${path}`, {
    method: 'POST',
    body: JSON.stringify(body),
    // As Invariant's gateway and its library send them.
    headers: { authorization: 'Bearer inv-0', accept: 'application/json', 'x-session-id': 'a' },
  })
  return [response.status, await response.json()]
}

test('policies are loaded and checked, one and many, also with a long conversation', async () => {
  await using weir = await startWeir()
  expect(await post(weir.url, 'load', { policy: said })).toMatchObject([200, { success: true }])
  expect(await post(weir.url, 'load', { policy: 'raise' })).toMatchObject([
    400,
    { detail: expect.any(String) },
  ])
  const messages = Array.from({ length: 2000 }, (_, at) => ({
    role: 'user',
    content: at === 1999 ? 'sesame' : 'x'.repeat(500),
  }))
  expect(await post(weir.url, 'check', { messages, policy: said })).toMatchObject([
    200,
    { errors: [{ args: ['secret'], ranges: ['messages.1999', 'messages.1999.content:0-6'] }] },
  ])
  expect(
    await post(weir.url, 'check/batch', { messages, policies: [said, 'raise'], parameters: {} }),
  ).toMatchObject([
    200,
    {
      result: [
        { errors: [{}], error_message: null },
        { errors: [], error_message: expect.any(String) },
      ],
    },
  ])
})

test('a policy that takes all the time there is keeps nobody else waiting', async () => {
  await using weir = await startWeir()
  const slow =
    'raise "slow" if:\n    (a: Message)\n    (b: Message)\n    (c: Message)\n    a.content + b.content == c.content\n'
  const messages = Array.from({ length: 300 }, (_, at) => ({ role: 'user', content: `${at}` }))
  const judged = post(weir.url, 'check/batch', { messages, policies: [slow, slow, slow] })
  let longestMs = 0
  let isOver = false
  void judged.then(() => (isOver = true))
  while (!isOver) {
    const startedAt = performance.now()
    await (await fetch(`${weir.url}/health`)).text()
    longestMs = Math.max(longestMs, performance.now() - startedAt)
  }
  expect(await judged).toMatchObject([
    200,
    { result: Array(3).fill({ error_message: expect.stringMatching(/^Error during analysis: /) }) },
  ])
  expect(longestMs).toBeLessThan(500)
})

test('who leaves is not waited for', async () => {
  await using weir = await startWeir()
  const leaving = new AbortController()
  const asked = fetch(`${weir.url}/api/v1/policy/load`, {
    method: 'POST',
    body: JSON.stringify({ policy: said }),
    signal: leaving.signal,
  })
  leaving.abort()
  await expect(asked).rejects.toThrow()
  expect(await post(weir.url, 'load', { policy: said })).toMatchObject([200, {}])
  expect(weir.lines.filter(({ level }) => level === 'error')).toEqual([])
})

const ask = (name: string, condition: string) =>
  `from invariant.detectors import ${name}\nraise "${name} says so" if:\n    (m: Message)\n    ${condition}\n`
const moderatedRule = ask('moderated', 'moderated(m)')
const llmRule =
  'from invariant import llm\nraise "by a model" if:\n    (m: Message)\n    len(llm(m.content)) > 0\n'
const messages = [{ role: 'user', content: 'I hate it' }]

test('a policy asks the detectors of the configuration, and one that is not there refuses it by name', async () => {
  const judge = await createProvider((call) =>
    call.send(whole('{"results":[{"category_scores":{"hate":0.9}}]}', ['Content-Type: application/json'])),
  )
  const detectors = { moderated: { url: judge.url }, llm: { target: 'demo/echo' } }
  await using weir = await startWeir({ detectors })
  const asked = { messages, policy: moderatedRule }
  expect(await post(weir.url, 'load', { policy: moderatedRule })).toMatchObject([200, { success: true }])
  expect(await post(weir.url, 'check', asked)).toMatchObject([
    200,
    { errors: [{ args: ['moderated says so'], ranges: ['messages.0', 'messages.0.content:0-9'] }] },
  ])
  // What a detector has said of a text is not asked again.
  expect(judge.calls).toHaveLength(1)
  const policies = [moderatedRule, llmRule, ask('prompt_injection', 'prompt_injection(m.content)')]
  const all = await post(weir.url, 'check/batch', { messages, policies })
  expect(all).toMatchObject([
    200,
    {
      result: [
        { errors: [{ args: ['moderated says so'] }], error_message: null },
        { errors: [{ args: ['by a model'] }], error_message: null },
        { errors: [], error_message: expect.stringContaining('detector prompt_injection') },
      ],
    },
  ])
  expect(judge.calls).toHaveLength(1)
  weir.running.reload(configOf({}, weir.folder))
  for (const path of ['load', 'check']) {
    const refused = await post(weir.url, path, asked)
    expect(refused).toMatchObject([400, { detail: expect.stringContaining('detector moderated') }])
  }
  await judge.stop()
})

test.each(['answers with an error', 'never answers'])(
  'a detector that %s fails the policy that asks it, in time',
  async (how) => {
    const judge = await createProvider((call) => {
      if (how === 'answers with an error') call.send(whole('{}', [], '500 Internal Server Error'))
    })
    await using weir = await startWeir({ detectors: { moderated: { url: judge.url, timeoutMs: 300 } } })
    const begun = performance.now()
    const refused = await post(weir.url, 'check', { messages, policy: moderatedRule })
    expect(refused).toMatchObject([422, { detail: expect.stringContaining('detector moderated failed') }])
    expect(await post(weir.url, 'check/batch', { messages, policies: [moderatedRule, said] })).toMatchObject([
      200,
      { result: [{ error_message: expect.any(String) }, { errors: [], error_message: null }] },
    ])
    expect(performance.now() - begun).toBeLessThan(4_000)
    await judge.stop()
  },
)
