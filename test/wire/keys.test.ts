import { expect, test } from 'bun:test'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { openKeyFiles } from '../../src/cli/keys/files.ts'
import { openKeyInstance } from '../../src/cli/keys/instance.ts'
import { wallClock } from '../../src/core/clock.ts'
import { ask as askOnce } from '../support/client.ts'
import { at, listAt, textAt } from '../support/json.ts'
import { until } from '../support/until.ts'
import { startWeir, type Settings, type Weir } from '../support/weir.ts'

/** Keys over real sockets: who is let in to what, from which moment on, and where their texts never are. */
type Json = Record<string, unknown>

const token = 'a-token-of-sixteen-signs'
const rule = 'raise "secret" if:\n    (m: Message)\n    "sesame" in m.content\n'

async function call(weir: Weir, key: string | null, ...[method, path, body]: [string, string, unknown?]) {
  const response = await fetch(`${weir.url}/api/v1${path}`, {
    method,
    headers: key === null ? {} : { authorization: `Bearer ${key}` },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const json: Json = await response.json()
  return { status: response.status, json }
}

async function makeKey(
  weir: Weir,
  wanted: Json,
  by: string | null = token,
): Promise<{ id: string; key: string }> {
  const { status, json } = await call(weir, by, 'POST', '/keys/create', wanted)
  expect({ status, json }).toEqual({
    status: 200,
    json: { id: expect.any(String), key: expect.stringMatching(/^inv-[0-9a-f]{64}$/) },
  })
  return { id: String(json['id']), key: String(json['key']) }
}

async function push(weir: Weir, key: string | null, dataset: string) {
  return call(weir, key, 'POST', '/push/trace', { messages: [[{ role: 'user', content: 'Hi' }]], dataset })
}

async function onlyDataset(weir: Weir, key: string | null): Promise<string> {
  return textAt((await call(weir, key, 'GET', '/dataset/list?kind=private')).json, 0, 'id')
}

const shared: Settings = { token }

test('without a key or token everything is one local user’s, until there is a key', async () => {
  await using weir = await startWeir()
  expect(await call(weir, null, 'GET', '/user/identity')).toEqual({
    status: 200,
    json: { username: 'developer' },
  })
  const { key, id } = await makeKey(weir, {}, 'inv-whatever')
  for (const path of ['/user/identity', '/keys/list', '/dataset/list']) {
    expect((await call(weir, null, 'GET', path)).status).toBe(401)
    expect((await call(weir, 'inv-whatever', 'GET', path)).status).toBe(401)
  }
  expect((await fetch(`${weir.url}/api/traces`)).status).toBe(401)
  expect((await fetch(`${weir.url}/v1/models`)).status).toBe(200)
  expect((await call(weir, key, 'GET', '/user/identity')).status).toBe(200)
  // A usual key makes none and revokes none.
  expect((await call(weir, key, 'POST', '/keys/create')).status).toBe(403)
  expect((await call(weir, key, 'DELETE', `/keys/${id}`)).status).toBe(403)
})

test('a revoked key is refused with the next request, and no key opens what was closed', async () => {
  await using weir = await startWeir()
  const admin = await makeKey(weir, { rights: ['admin'] }, null)
  const other = await makeKey(weir, {}, admin.key)
  expect((await call(weir, other.key, 'GET', '/user/identity')).status).toBe(200)
  expect(await call(weir, admin.key, 'DELETE', `/keys/${other.id}`)).toEqual({
    status: 200,
    json: { success: true },
  })
  const refused = await call(weir, other.key, 'GET', '/user/identity')
  expect(refused).toMatchObject({ status: 401, json: { detail: expect.stringContaining('not valid') } })
  await call(weir, admin.key, 'DELETE', `/keys/${admin.id}`)
  expect((await call(weir, admin.key, 'GET', '/user/identity')).status).toBe(401)
  expect((await call(weir, null, 'GET', '/user/identity')).status).toBe(401)
})

test('each right lets in to what it is for, and within its projects only', async () => {
  await using weir = await startWeir(shared)
  const made = async (right: string, projects: string[] | null = null) =>
    (await makeKey(weir, { rights: [right], projects })).key
  await push(weir, token, 'first')
  const id = await onlyDataset(weir, token)
  const doings: readonly [string, (key: string) => Promise<number>][] = [
    ['push', async (key) => (await push(weir, key, 'first')).status],
    ['read', async (key) => (await call(weir, key, 'GET', `/dataset/byid/${id}/traces`)).status],
    ['list', async (key) => (await authorized(weir, key, 'GET', '/api/traces')).status],
    ['remove', async (key) => (await authorized(weir, key, 'DELETE', '/api/traces/none')).status],
    ['rules', async (key) => (await call(weir, key, 'GET', '/dataset/byuser/developer/first/policy')).status],
    [
      'rule',
      async (key) =>
        (await call(weir, key, 'POST', `/dataset/${id}/policy`, { name: 'a', policy: rule })).status,
    ],
    ['keys', async (key) => (await call(weir, key, 'POST', '/keys/create')).status],
    ['check', async (key) => (await call(weir, key, 'POST', '/policy/load', { policy: rule })).status],
  ]
  const matrix: Record<string, Record<string, number>> = {}
  for (const [name, key] of [
    ['push', await made('push')],
    ['read', await made('read')],
    ['gateway', await made('gateway')],
    ['admin', await made('admin')],
    ['read of another', await made('read', ['second'])],
    ['admin of it', await made('admin', ['first'])],
  ] as const) {
    matrix[name] = {}
    for (const [doing, act] of doings) Object.assign(matrix[name], { [doing]: await act(key) })
  }
  expect(matrix).toEqual({
    push: { push: 200, read: 401, list: 403, remove: 403, rules: 403, rule: 403, keys: 403, check: 200 },
    read: { push: 403, read: 200, list: 200, remove: 403, rules: 200, rule: 403, keys: 403, check: 200 },
    gateway: { push: 403, read: 401, list: 403, remove: 403, rules: 200, rule: 403, keys: 403, check: 200 },
    admin: { push: 200, read: 200, list: 200, remove: 404, rules: 200, rule: 200, keys: 200, check: 200 },
    'read of another': {
      ...{ push: 403, read: 401, list: 403, remove: 403, rules: 403, rule: 403, keys: 403, check: 200 },
    },
    'admin of it': {
      ...{ push: 200, read: 200, list: 403, remove: 403, rules: 200, rule: 200, keys: 200, check: 200 },
    },
  })
})

function authorized(weir: Weir, key: string, method: string, path: string): Promise<Response> {
  return fetch(`${weir.url}${path}`, { method, headers: { authorization: `Bearer ${key}` } })
}

test('with access: keys nobody has a model without a key of its own, which no provider gets', async () => {
  await using weir = await startWeir({ access: 'keys', token })
  const { key } = await makeKey(weir, { rights: ['gateway'], projects: ['mine'] })
  const ask = async (headers: Record<string, string>) => {
    const body = JSON.stringify({ model: 'demo/short', messages: [{ role: 'user', content: 'Hi' }] })
    const response = await fetch(`${weir.url}/v1/chat/completions`, { method: 'POST', headers, body })
    await response.text()
    return response
  }
  expect((await ask({})).status).toBe(401)
  expect((await ask({ authorization: `Bearer ${key}` })).status).toBe(401)
  expect((await ask({ 'x-weir-key': 'inv-0' })).status).toBe(401)
  expect((await ask({ 'x-weir-key': key })).status).toBe(403)
  const answered = await ask({ 'x-weir-key': key, 'x-weir-project': 'mine' })
  expect(answered.status).toBe(200)
  await weir.trace(answered.headers.get('x-weir-trace') ?? undefined)
  expect((await fetch(`${weir.url}/v1/models`)).status).toBe(401)
  await weir.running.stop()
  expect(filesOf(weir.folder).some((bytes) => bytes.includes(key))).toBe(false)
  expect(JSON.stringify(weir.lines)).not.toContain(key)
})

test('Invariant’s gateway routes take a key for the project in their path, as Invariant told it', async () => {
  await using weir = await startWeir(shared)
  const { key } = await makeKey(weir, { rights: ['gateway'], projects: ['mine'] })
  const pusher = await makeKey(weir, { rights: ['push'] })
  const ask = async (dataset: string, headers: Record<string, string>) => {
    const response = await fetch(`${weir.url}/api/v1/gateway/${dataset}/demo/v1/chat/completions`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ model: 'short', messages: [{ role: 'user', content: 'Hi' }] }),
    })
    return [response.status, at(await response.json(), 'detail')] as const
  }
  const shown = (text: string) => ({ 'invariant-authorization': `Bearer ${text}` })
  expect(await ask('mine', {})).toEqual([400, 'Missing invariant api key'])
  expect(await ask('mine', shown('inv-0'))).toEqual([
    401,
    expect.stringContaining('Invalid Invariant API key'),
  ])
  expect(await ask('other', shown(key))).toEqual([403, expect.stringContaining('"other"')])
  expect(await ask('mine', shown(pusher.key))).toEqual([403, expect.stringContaining('"mine"')])
  expect((await ask('mine', shown(key)))[0]).toBe(200)
  expect((await ask('mine', { authorization: `Bearer sk-1;invariant-auth=${key}` }))[0]).toBe(200)
})

test('a key brings rules of its own with the right to, for its projects, and is told so without', async () => {
  await using weir = await startWeir(shared)
  const usual = await makeKey(weir, {})
  const ruler = await makeKey(weir, { rights: ['gateway', 'rules'], projects: ['mine'] })
  const brought = `Invariant-Guardrails: ${rule.replaceAll('\n', '\\n')}`
  const ask = async (path: string, key: string | null, text: string, more: readonly string[] = []) => {
    const headers = [
      ...(key === null ? [] : [`x-weir-key: ${key}`, `Invariant-Authorization: Bearer ${key}`]),
    ]
    const messages = [{ role: 'user', content: text }]
    const body = JSON.stringify({ model: 'demo/short', max_tokens: 9, messages })
    const reply = await askOnce(weir.url, { path, body, headers: [...headers, ...more] })
    return [reply.status, String(reply.body)] as const
  }
  const theirs = ['/api/v1/gateway/mine/demo/v1/chat/completions', [brought]] as const
  const byModel = ['/v1/chat/completions', [brought, 'x-weir-project: mine']] as const
  const denied = 'takes a key with the right \\"rules\\" for the project \\"mine\\"'
  for (const [path, headers] of [theirs, byModel]) {
    expect(await ask(path, usual.key, 'Hi', headers)).toEqual([403, expect.stringContaining(denied)])
    expect(await ask(path, usual.key, 'sesame', headers.slice(1))).toEqual([200, expect.any(String)])
    expect(await ask(path, ruler.key, 'Hi', headers)).toEqual([200, expect.any(String)])
    expect(await ask(path, ruler.key, 'sesame', headers)).toEqual([400, expect.any(String)])
    expect(await ask(path, token, 'sesame', headers)).toEqual([400, expect.any(String)])
  }
  // In the client's own words, and no further than its projects.
  expect(await ask('/v1/messages', null, 'Hi', [brought])).toEqual([
    403,
    expect.stringContaining('"type":"permission_error"'),
  ])
  expect((await ask('/v1/messages', ruler.key, 'Hi', [brought]))[0]).toBe(403)
  // What may not be brought is not even read.
  expect((await ask('/v1/messages', usual.key, 'Hi', ['Invariant-Guardrails: \\x']))[0]).toBe(403)
  expect((await ask('/v1/messages', token, 'Hi', ['Invariant-Guardrails: \\x']))[0]).toBe(400)
})

test('the text of a key is told once and is nowhere else', async () => {
  await using weir = await startWeir(shared)
  const { key, id } = await makeKey(weir, { name: 'ci', rights: ['push', 'read'] })
  const told: unknown[] = [await push(weir, key, 'canary')]
  const list = await call(weir, token, 'GET', '/keys/list')
  expect(list.json).toMatchObject({
    userid: 'developer',
    keys: [{ id, hashed_key: key.slice(-4), expired: false, name: 'ci', rights: ['push', 'read'] }],
  })
  const cut = await call(weir, key.slice(0, -1), 'GET', '/user/identity')
  told.push(list, cut, await call(weir, key, 'POST', '/keys/create', { name: key }))
  told.push(await call(weir, key, 'GET', `/dataset/byuser/${key}/${key}/policy`))
  await call(weir, token, 'DELETE', `/keys/${id}`)
  told.push(await call(weir, key, 'GET', '/user/info'), await call(weir, token, 'GET', '/keys/list'))
  await weir.running.stop()
  expect(JSON.stringify([told, weir.lines])).not.toContain(key.slice(4))
  expect(filesOf(weir.folder).some((bytes) => bytes.includes(key.slice(4)))).toBe(false)
})

function filesOf(folder: string): Buffer[] {
  return readdirSync(folder).map((name) => readFileSync(join(folder, name)))
}

test('a rule of a project in the store holds with the next exchange, and no more once it is paused', async () => {
  await using weir = await startWeir()
  await push(weir, null, 'guarded')
  const id = await onlyDataset(weir, null)
  const ask = async () => {
    const body = JSON.stringify({
      model: 'demo/short',
      messages: [{ role: 'user', content: `sesame ${crypto.randomUUID()}` }],
    })
    const headers = { 'x-weir-project': 'guarded' }
    const response = await fetch(`${weir.url}/v1/chat/completions`, { method: 'POST', headers, body })
    await response.text()
    return response
  }
  expect((await ask()).status).toBe(200)
  const wanted = { name: 'words', policy: rule, action: 'block', extra_metadata: { from: 'us' } }
  const made = await call(weir, null, 'POST', `/dataset/${id}/policy`, wanted)
  const [policy] = listAt(made.json, 'extra_metadata', 'policies')
  const dataset = await call(weir, null, 'GET', `/dataset/byid/${id}`)
  expect(dataset.json['extra_metadata']).toMatchObject({ policies: [{ name: 'words' }] })
  const one = `/dataset/${id}/policy/${textAt(policy, 'id')}`
  expect(policy).toMatchObject({ name: 'words', content: rule, action: 'block', enabled: true })
  expect((await ask()).status).toBe(400)
  const paused = await call(weir, null, 'PUT', one, { enabled: false })
  expect(listAt(paused.json, 'extra_metadata', 'policies')).toMatchObject([
    { name: 'words', enabled: false, extra_metadata: { from: 'us' } },
  ])
  expect((await ask()).status).toBe(200)
  await call(weir, null, 'PUT', one, { enabled: true, action: 'log' })
  const logged = await ask()
  expect(logged.status).toBe(200)
  expect(await weir.trace(logged.headers.get('x-weir-trace') ?? undefined)).toMatchObject({
    outcome: 'answered',
  })
  await call(weir, null, 'DELETE', one)
  expect(await call(weir, null, 'GET', '/dataset/byuser/developer/guarded/policy')).toEqual({
    status: 200,
    json: { policies: [] },
  })
})

test('what looks like a mistake in a policy is told with the project that has it from then on', async () => {
  await using weir = await startWeir()
  await push(weir, null, 'guarded')
  const id = await onlyDataset(weir, null)
  const silent = 'raise "x" if:\n    (m: Message)\n    len(m.content)\n'
  const made = await call(weir, null, 'POST', `/dataset/${id}/policy`, { name: 'a', policy: silent })
  expect(made).toMatchObject({
    status: 200,
    json: { id, warnings: [expect.stringContaining('line 3, column 5')] },
  })
  const [policy] = listAt(made.json, 'extra_metadata', 'policies')
  const path = `/dataset/${id}/policy/${textAt(policy, 'id')}`
  expect((await call(weir, null, 'PUT', path, { policy: rule })).json).not.toHaveProperty('warnings')
})

test('a policy that is none is refused with its line and column, and changes nothing', async () => {
  await using weir = await startWeir()
  await push(weir, null, 'p')
  const id = await onlyDataset(weir, null)
  for (const [body, detail] of [
    [{ name: 'x', policy: 'raise "a" if:\n    (m: Message)\n    m.content ==\n' }, /line 4, column 1/],
    [{ name: 'x', policy: 'raise "a" if:\n    nobody\n' }, /line 2, column 5/],
    [{ name: 'x' }, /Policy content must be provided/],
    [{ policy: rule }, /Name must be provided/],
    [{ name: 'x', policy: rule, action: 'mask' }, /action must be one of block, log/],
    [{}, /should not be empty/],
  ] as const) {
    const { status, json } = await call(weir, null, 'POST', `/dataset/${id}/policy`, body)
    expect([status, json['detail']]).toEqual([400, expect.stringMatching(detail)])
  }
  expect((await call(weir, null, 'POST', '/dataset/none/policy', { name: 'x', policy: rule })).status).toBe(
    404,
  )
  expect((await call(weir, null, 'GET', '/dataset/byuser/developer/p/policy')).json).toEqual({ policies: [] })
})

test('metadata of a project are changed key by key, or all at once', async () => {
  await using weir = await startWeir()
  await push(weir, null, 'm')
  const put = (body: unknown) => call(weir, null, 'PUT', '/dataset/metadata/m', body)
  const first = { benchmark: 'b', accuracy: 0.5, 'invariant.test_results': { num_tests: 2, num_passed: 1 } }
  expect((await put({ metadata: first })).json).toMatchObject(first)
  expect((await put({ metadata: { name: 'n', accuracy: null } })).json).toMatchObject({ ...first, name: 'n' })
  const all = (await put({ metadata: { benchmark: 'c' }, replace_all: true })).json
  expect(all).toMatchObject({ benchmark: 'c' })
  expect(all).not.toHaveProperty('accuracy')
  for (const owner of ['', '?owner=developer', '?owner_username=developer'])
    expect((await call(weir, null, 'GET', `/dataset/metadata/m${owner}`)).json).toMatchObject({
      benchmark: 'c',
    })
  expect((await call(weir, null, 'GET', '/dataset/metadata/m?owner=nobody')).status).toBe(404)
  for (const metadata of [
    { policies: [] },
    { other: 1 },
    { accuracy: -1 },
    { benchmark: '' },
    { name: 3 },
    [],
  ])
    expect((await put({ metadata })).status).toBe(400)
})

test('what a command changes in the files holds without Weir being told, and over the API at once', async () => {
  await using weir = await startWeir()
  const asked = async (key: string | null) => (await call(weir, key, 'GET', '/user/identity')).status
  expect(await asked(null)).toBe(200)
  const files = openKeyFiles(weir.folder, { now: wallClock, log: () => undefined })
  try {
    const { id, key } = await files.create({ user: 'ada', rights: ['admin'] })
    await until('the key', async () => (await asked(null)) === 401)
    expect(await call(weir, key, 'GET', '/user/info')).toMatchObject({
      status: 200,
      json: { username: 'ada', rights: ['admin'], projects: null },
    })
    const instance = openKeyInstance({ url: weir.url, token: key, stop: new AbortController().signal })
    const made = await instance.create({ projects: ['one'], rights: ['push'] })
    expect(await asked(made.key)).toBe(200)
    expect((await instance.list()).map((each) => each.id).sort()).toEqual([id, made.id].sort())
    expect(await instance.revoke(made.id)).toBe(true)
    expect(await asked(made.key)).toBe(401)
    expect(await instance.revoke('none')).toBe(false)
    await files.revoke(id)
    await until('the end of the key', async () => (await asked(key)) === 401)
  } finally {
    files.close()
  }
})

test('when a key was used is written down at the latest when Weir stops', async () => {
  await using weir = await startWeir(shared)
  const { id, key } = await makeKey(weir, {})
  await call(weir, key, 'GET', '/user/identity')
  await weir.running.stop()
  const files = openKeyFiles(weir.folder, { now: wallClock, log: () => undefined })
  expect(await files.list()).toMatchObject([{ id, last_used: expect.any(String) }])
  files.close()
})

test('pages of others, and names of others for this machine, get no key made', async () => {
  await using weir = await startWeir()
  const ask = async (headers: Record<string, string>) =>
    (await fetch(`${weir.url}/api/v1/keys/create`, { method: 'POST', headers })).status
  expect(await ask({ origin: 'https://evil.example' })).toBe(403)
  expect(await ask({ 'sec-fetch-site': 'cross-site' })).toBe(403)
  expect(await ask({ host: 'evil.example' })).toBe(403)
  expect((await call(weir, null, 'GET', '/keys/list')).json).toEqual({ userid: 'developer', keys: [] })
})
