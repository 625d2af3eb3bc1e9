import { expect, test } from 'bun:test'
import { startApi } from '../../support/api.ts'

const said = 'raise "secret" if:\n    (m: Message)\n    "sesame" in m.content\n'
const messages = [{ role: 'user', content: 'sesame' }]

function post(body: unknown, headers: Record<string, string> = {}): RequestInit {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return { method: 'POST', body: text, headers: { 'content-type': 'application/json', ...headers } }
}

async function told(answer: Promise<Response>): Promise<[number, unknown]> {
  const response = await answer
  return [response.status, await response.json()]
}

test('a policy is loaded and checked, alone and among others, under the paths of the hosted evaluator', async () => {
  const { ask } = startApi()
  expect(await told(ask('/v1/policy/load', post({ policy: said })))).toEqual([
    200,
    { success: true, rules: 1, warnings: [] },
  ])
  const errors = [
    {
      key: '(0, (0,))',
      args: ['secret'],
      kwargs: {},
      ranges: ['messages.0', 'messages.0.content:0-6'],
    },
  ]
  expect(await told(ask('/v1/policy/check', post({ messages, policy: said })))).toEqual([200, { errors }])
  expect(
    await told(ask('/v1/policy/check/batch', post({ messages, policies: [said], parameters: {} }))),
  ).toEqual([200, { result: [{ errors, error_message: null }] }])
})

test('what is wrong is told as `detail`, with the status by which its clients tell one error from another', async () => {
  const { ask } = startApi()
  const check = (condition: string) =>
    told(ask('/v1/policy/check', post({ messages, policy: `raise "x" if:\n    ${condition}\n` })))
  expect(await told(ask('/v1/policy/load', post({ policy: 'raise' })))).toEqual([
    400,
    { detail: expect.stringContaining('line 1') },
  ])
  expect(await told(ask('/v1/policy/load', post('{')))).toEqual([400, { detail: 'The body is no JSON' }])
  expect(await told(ask('/v1/policy/load', { method: 'POST' }))).toEqual([
    400,
    { detail: 'The body is no JSON' },
  ])
  expect(await check('input.x == 1')).toEqual([
    400,
    { detail: expect.stringContaining('Missing Policy Parameter: ') },
  ])
  expect(await check('1 / 0 == 1')).toEqual([
    422,
    { detail: expect.stringMatching(/^Error during analysis: /) },
  ])
})

test('the content type does not matter, as it does not to the hosted evaluator', async () => {
  const { ask } = startApi()
  const init = post({ messages, policies: [] }, { 'content-type': 'text/plain' })
  expect(await told(ask('/v1/policy/check/batch', init))).toEqual([200, { result: [] }])
})

test('a token is asked for where there is one, and its lack is told in both forms', async () => {
  const { ask } = startApi({ token: 'inv-1' })
  const load = (headers: Record<string, string>) =>
    told(ask('/v1/policy/load', post({ policy: said }, headers)))
  expect(await load({ authorization: 'Bearer inv-1' })).toMatchObject([200, {}])
  expect(await load({})).toEqual([
    401,
    {
      error: { code: 'unauthorized', message: expect.stringContaining('needs a token') },
      detail: expect.stringContaining('needs a token'),
    },
  ])
  expect(await load({ authorization: 'Bearer inv-2' })).toMatchObject([401, {}])
})

test('a page of another site may not ask', async () => {
  const { ask } = startApi()
  const init = post({ policy: said }, { 'sec-fetch-site': 'cross-site' })
  expect(await told(ask('/v1/policy/load', init))).toMatchObject([403, {}])
})

test('a body beyond the bound is refused before it is read', async () => {
  const asked: unknown[] = []
  const { ask } = startApi({
    checkPolicies: async (question) => {
      asked.push(question)
      return { kind: 'told', json: '{}' }
    },
  })
  const most = 32 * 1024 * 1024
  const send = (length: number) =>
    told(
      ask('/v1/policy/check', {
        ...post(''),
        body: new Uint8Array(length),
        headers: { 'content-length': `${length}` },
      }),
    )
  expect(await send(most)).toMatchObject([200, {}])
  expect(await send(most + 1)).toMatchObject([413, { detail: expect.any(String) }])
  expect(asked).toHaveLength(1)
})

test('other methods and other paths are not here', async () => {
  const { ask } = startApi()
  expect((await ask('/v1/policy/load')).status).toBe(404)
  expect((await ask('/v1/policy/other', post({}))).status).toBe(404)
})
