import { expect, test } from 'bun:test'
import { startWeir } from '../support/weir.ts'

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
