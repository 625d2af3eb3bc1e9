import { afterAll, beforeAll, expect, test } from 'bun:test'
import { at, listAt, textAt } from '../support/json.ts'
import { startWeir, type Weir } from '../support/weir.ts'

/**
 * A Weir that several share: whoever has a key for something else is refused at every route with a status that says so, and
 * nothing is any different after it.
 */
const token = 'a-token-of-sixteen-signs'
const rule = 'raise "hidden" if:\n    (m: Message)\n    "rule-canary" in m.content\n'
const said = 'trace-canary'

type Told = { readonly status: number; readonly text: string; readonly json: unknown }
type Route = readonly [method: string, path: string, body?: unknown]
type Project = {
  readonly name: string
  readonly id: string
  readonly trace: string
  readonly note: string
  readonly policy: string
  readonly query: string
}

let weir: Weir
let hidden: Project
let shown: Project
let snippet: string
let key: Readonly<Record<string, string>>
let keyOfAda: string

beforeAll(async () => {
  weir = await startWeir({ token })
  const usual = await makeKey({ user: 'ada' })
  hidden = await project(usual, 'hidden')
  shown = await project(usual, 'shown')
  await project(usual, 'other')
  await call(usual, 'PUT', `/dataset/byid/${shown.id}`, { content: true })
  snippet = textAt((await call(usual, 'POST', '/trace/snippets/new', { content: messages })).json, 'id')
  keyOfAda = textAt((await call(token, 'POST', '/keys/create', { user: 'ada' })).json, 'id')
  key = {
    unknown: `inv-${'0'.repeat(64)}`,
    bob: await makeKey({ user: 'bob' }),
    'bob, admin of his': await makeKey({ user: 'bob', rights: ['admin'], projects: ['bobs'] }),
    'bob, admin of it': await makeKey({ user: 'bob', rights: ['admin'], projects: ['hidden'] }),
    'ada for another': await makeKey({ user: 'ada', projects: ['other'] }),
    'ada, admin of another': await makeKey({ user: 'ada', rights: ['admin'], projects: ['other'] }),
    'ada, push': await makeKey({ user: 'ada', rights: ['push'] }),
    'ada, read': await makeKey({ user: 'ada', rights: ['read'] }),
    'ada, gateway': await makeKey({ user: 'ada', rights: ['gateway'] }),
  }
})

afterAll(() => weir[Symbol.asyncDispose]())

const messages = [{ role: 'user', content: said }]

async function call(by: string | null, ...[method, path, body]: Route): Promise<Told> {
  const response = await fetch(`${weir.url}/api/v1${path}`, {
    method,
    headers: by === null ? {} : { authorization: `Bearer ${by}` },
    ...(body !== undefined && { body: body instanceof FormData ? body : JSON.stringify(body) }),
  })
  const text = await response.text()
  const isJson = /^application\/json(;|$)/.test(response.headers.get('content-type') ?? '')
  return { status: response.status, text, json: isJson ? JSON.parse(text) : null }
}

async function makeKey(wanted: object): Promise<string> {
  return textAt((await call(token, 'POST', '/keys/create', wanted)).json, 'key')
}

async function project(by: string, name: string): Promise<Project> {
  const annotations = [[{ content: 'a remark', address: 'messages.0.content' }]]
  const pushed = await call(by, 'POST', '/push/trace', { messages: [messages], annotations, dataset: name })
  const trace = textAt(pushed.json, 'id', 0)
  const id = textAt((await call(by, 'GET', `/dataset/byuser/ada/${name}`)).json, 'id')
  const made = await call(token, 'POST', `/dataset/${id}/policy`, { name: 'r', policy: rule })
  await call(by, 'PUT', `/dataset/byid/${id}/s`, { name: 'mine', query: 'canary' })
  const queries = listAt((await call(by, 'GET', `/dataset/byid/${id}`)).json, 'queries')
  return {
    name,
    id,
    trace,
    note: textAt((await call(by, 'GET', `/trace/${trace}/annotations`)).json, 0, 'id'),
    policy: textAt(made.json, 'extra_metadata', 'policies', 0, 'id'),
    query: textAt(queries.at(-1), 'id'),
  }
}

function form(name: string): FormData {
  const form = new FormData()
  form.set('file', new File([JSON.stringify(messages)], 'a.jsonl'))
  form.set('name', name)
  return form
}

function reading({ name, id, trace }: Project): Route[] {
  const byId = `/dataset/byid/${id}`
  return [
    ...['', '/download', '/annotations', '/shared'].map((end): Route => ['GET', `/trace/${trace}${end}`]),
    ...['', '/traces', '/indices', '/full', '/s?query=canary', '/download', '/download/annotated'].map(
      (end): Route => ['GET', `${byId}${end}`],
    ),
    ['GET', `/dataset/byuser/ada/${name}`],
    ['GET', `/dataset/metadata/${name}`],
  ]
}

function changing({ name, id, trace, note }: Project): Route[] {
  return [
    ['POST', '/push/trace', { messages: [messages], dataset: name }],
    ['POST', `/trace/${trace}/messages`, { messages }],
    ['POST', `/trace/${trace}/annotate`, { content: 'x', address: null }],
    ['POST', `/trace/${trace}/annotations/update`, { source: 'user', annotations: [] }],
    ['PUT', `/trace/${trace}/annotation/${note}`, { content: 'x' }],
    ['DELETE', `/trace/${trace}/annotation/${note}`],
    ['PUT', `/trace/${trace}/shared`],
    ['DELETE', `/trace/${trace}/shared`],
    ['DELETE', `/trace/${trace}`],
    ['POST', '/dataset/create', { name }],
    ['POST', '/dataset/upload', form(name)],
    ['PUT', `/dataset/byid/${id}`, { content: true }],
    ['PUT', `/dataset/byuser/ada/${name}`, { content: true }],
    ['PUT', `/dataset/metadata/${name}`, { metadata: { benchmark: 'x' } }],
    ['DELETE', `/dataset/byid/${id}`],
    ['DELETE', `/dataset/byuser/ada/${name}`],
  ]
}

function ruling({ name, id, policy, query }: Project): Route[] {
  return [
    ['GET', `/dataset/byuser/ada/${name}/policy`],
    ['POST', `/dataset/${id}/policy`, { name: 'x', policy: rule }],
    ['PUT', `/dataset/${id}/policy/${policy}`, { enabled: false }],
    ['DELETE', `/dataset/${id}/policy/${policy}`],
    ['DELETE', `/dataset/query/${query}`],
  ]
}

/** All that there is, as whoever may do everything sees it; without when keys were used. */
async function everything(): Promise<string> {
  const paths = [hidden, shown].flatMap((of) => [...reading(of), ...ruling(of).slice(0, 1)])
  const all = await Promise.all(
    [...paths, ['GET', `/trace/${snippet}`], ['GET', '/dataset/list?kind=any'], ['GET', '/keys/list']].map(
      async ([, path = '']) => (await call(token, 'GET', path)).text,
    ),
  )
  return all.join('\n').replaceAll(/"last_used":("[^"]*"|null)/g, '')
}

async function allRefused(who: readonly string[], routes: readonly Route[]): Promise<void> {
  const before = await everything()
  for (const name of who) {
    for (const route of routes) {
      const { status, text, json } = await call(key[name] ?? null, ...route)
      const [method, path] = route
      const told = status === 401 || status === 403 ? 'refused' : status
      expect([name, method, path, told]).toEqual([name, method, path, 'refused'])
      expect(at(json, 'detail')).toBeString()
      expect(text).not.toMatch(/canary/)
    }
  }
  expect(await everything()).toBe(before)
}

const strangers = ['nobody', 'unknown', 'bob', 'bob, admin of his', 'bob, admin of it']
const others = ['ada for another', 'ada, admin of another']

test('a project is read and changed by nobody with a key for something else', () =>
  allRefused([...strangers, ...others], [...reading(hidden), ...changing(hidden), ...ruling(hidden)]))

test('a key for a project does what its rights say, and no more', async () => {
  const [told, ...rules] = ruling(hidden)
  await allRefused(['ada, push'], [...reading(hidden), ...ruling(hidden)])
  await allRefused(['ada, read'], [...changing(hidden), ...rules.slice(0, -1)])
  await allRefused(['ada, gateway'], [...reading(hidden), ...changing(hidden), ...rules])
  for (const name of ['ada, read', 'ada, gateway'])
    expect((await call(key[name] ?? null, ...(told ?? ['', '']))).text).toContain('rule-canary')
})

test('whoever may push and nothing else makes projects, fills and removes them', async () => {
  const by = key['ada, push'] ?? null
  const made = await call(by, 'POST', '/dataset/create', { name: 'pushed' })
  expect([made.status, at(made.json, 'user_id')]).toEqual([200, 'ada'])
  expect((await call(by, 'POST', '/dataset/upload', form('uploaded'))).status).toBe(200)
  const pushed = await call(by, 'POST', '/push/trace', { messages: [messages], dataset: 'pushed' })
  const trace = `/trace/${textAt(pushed.json, 'id', 0)}`
  const routes: Route[] = [
    ['POST', `${trace}/messages`, { messages }],
    ['POST', `${trace}/annotate`, { content: 'x' }],
    ['PUT', '/dataset/metadata/pushed', { metadata: { benchmark: 'x' } }],
    ['DELETE', trace],
    ['DELETE', '/dataset/byuser/ada/pushed'],
    ['DELETE', '/dataset/byuser/ada/uploaded'],
  ]
  for (const route of routes) expect([...route, (await call(by, ...route)).status]).toEqual([...route, 200])
})

test('a public project is read by whoever has a key, without its rules, and changed by nobody', async () => {
  await allRefused(['nobody', 'unknown'], reading(shown))
  for (const name of ['bob', 'bob, admin of his', 'ada for another', 'ada, admin of another', 'ada, push']) {
    for (const route of reading(shown)) {
      const { status, text } = await call(key[name] ?? null, ...route)
      expect([name, ...route, status]).toEqual([name, ...route, 200])
      expect(text).not.toContain('rule-canary')
    }
  }
  const [, , annotate, , ...more] = changing(shown)
  const remarks = annotate === undefined ? [] : [annotate]
  const rest = more.filter(([, path]) => !path.includes('/annotation/'))
  await allRefused([...strangers, ...others], [...rest, ...ruling(shown)])
  await allRefused(['ada, read', 'ada, gateway', 'bob, admin of his', 'ada for another'], remarks)
})

test('whoever may push remarks about what is public, and changes what others say of it in nothing', async () => {
  const made = await call(key['bob'] ?? null, 'POST', `/trace/${shown.trace}/annotate`, { content: 'by bob' })
  expect(made.status).toBe(200)
  const note = `/trace/${shown.trace}/annotation/${textAt(made.json, 'id')}`
  const ofAda = `/trace/${shown.trace}/annotation/${shown.note}`
  await allRefused(
    ['bob', 'bob, admin of his'],
    [
      ['PUT', ofAda, { content: 'x' }],
      ['DELETE', ofAda],
    ],
  )
  await allRefused(['ada, read', 'ada, push'], [['DELETE', note]])
  expect((await call(key['bob'] ?? null, 'DELETE', note)).status).toBe(200)
})

test('snippets and keys are told to nobody whose key is for projects, or for something else', async () => {
  const snippets: Route[] = [
    ['GET', '/trace/snippets'],
    ['GET', `/trace/${snippet}`],
    ['GET', `/trace/${snippet}/download`],
  ]
  await allRefused(['nobody', 'unknown', ...others, 'ada, push', 'ada, gateway'], snippets)
  await allRefused(['bob', 'ada, read'], [['DELETE', `/trace/${snippet}`]])
  expect((await call(key['bob'] ?? null, 'GET', '/trace/snippets')).json).toEqual([])
  const keys: Route[] = [['DELETE', `/keys/${keyOfAda}`]]
  await allRefused([...strangers, ...others, 'ada, push', 'ada, read', 'ada, gateway'], keys)
  await allRefused(['bob', 'ada for another', 'ada, push', 'ada, gateway'], [['POST', '/keys/create', {}]])
  await allRefused(others, [
    ['POST', '/keys/create', { projects: null }],
    ['POST', '/keys/create', { projects: ['hidden'] }],
  ])
  for (const name of strangers.slice(2)) {
    const listed = await call(key[name] ?? null, 'GET', '/keys/list')
    expect(listAt(listed.json, 'keys').every((each) => at(each, 'user') === 'bob')).toBe(true)
  }
})

test('lists have what a key reaches, and nothing else', async () => {
  const names = async (name: string, path: string) =>
    listAt((await call(key[name] ?? null, 'GET', path)).json)
      .map((each) => textAt(each, 'name'))
      .toSorted()
  for (const path of ['/dataset/list?kind=any', '/dataset/list/byuser/ada']) {
    expect(await names('bob', path)).toEqual(['shown'])
    expect(await names('ada for another', path)).toEqual(['other', 'shown'])
    expect(await names('ada, push', path)).toEqual(['shown'])
    expect(await names('ada, read', path)).toEqual(['hidden', 'other', 'shown'])
  }
})

test('what tells of everybody’s exchanges is told to no user but the first, or an admin of all', async () => {
  const status = async (by: string, path: string) => {
    const response = await fetch(`${weir.url}${path}`, { headers: { authorization: `Bearer ${by}` } })
    await response.text()
    return response.status
  }
  const [first, admin] = [
    await makeKey({ rights: ['read'] }),
    await makeKey({ user: 'ada', rights: ['admin'] }),
  ]
  for (const path of ['/api/traces', '/api/sessions', '/api/costs']) {
    for (const [name, text] of Object.entries(key))
      expect([name, path, await status(text, path)]).toEqual([name, path, name === 'unknown' ? 401 : 403])
    expect([await status(first, path), await status(admin, path)]).toEqual([200, 200])
  }
})

test('no exchange gets into the project of another user, by whichever way', async () => {
  const before = await everything()
  const body = JSON.stringify({ model: 'short', messages })
  const ask = async (path: string, headers: Record<string, string>) => {
    const response = await fetch(`${weir.url}${path}`, { method: 'POST', headers, body })
    await response.text()
    return response
  }
  const gateway = '/api/v1/gateway/hidden/demo/v1/chat/completions'
  for (const name of ['unknown', 'bob', 'bob, admin of his', 'ada for another', 'ada, push', 'ada, read']) {
    const shownKey = key[name] ?? ''
    const refused = name === 'unknown' ? 401 : 403
    const by = { 'invariant-authorization': `Bearer ${shownKey}` }
    expect([name, (await ask(gateway, by)).status]).toEqual([name, refused])
    const own = { 'x-weir-key': shownKey, 'x-weir-project': 'hidden' }
    expect([name, (await ask('/demo/v1/chat/completions', own)).status]).toEqual([name, refused])
  }
  const unasked = await ask('/demo/v1/chat/completions', { 'x-weir-project': 'hidden' })
  expect(unasked.status).toBe(401)
  expect(await everything()).toBe(before)
  const allowed = await ask(gateway, { 'invariant-authorization': `Bearer ${key['ada, gateway']}` })
  expect(allowed.status).toBe(200)
  await weir.trace(allowed.headers.get('x-weir-trace') ?? undefined)
})

test('the project of requests that name none is nobody’s to take', async () => {
  const by = key['bob'] ?? null
  await allRefused(
    ['bob', 'ada, push'],
    [
      ['POST', '/dataset/create', { name: 'default', is_public: true }],
      ['POST', '/dataset/upload', form('default')],
      ['POST', '/push/trace', { messages: [messages], dataset: 'default' }],
    ],
  )
  const response = await fetch(`${weir.url}/api/v1/gateway/demo/v1/chat/completions`, {
    method: 'POST',
    headers: { 'invariant-authorization': `Bearer ${by}` },
    body: JSON.stringify({ model: 'short', messages }),
  })
  await response.text()
  await weir.trace(response.headers.get('x-weir-trace') ?? undefined)
  expect((await call(token, 'GET', '/dataset/byuser/developer/default')).json).toMatchObject({
    num_traces: 1,
  })
  expect((await call(by, 'GET', '/dataset/byuser/developer/default')).status).toBe(401)
})

test('a project that an exchange makes is whose key let it in', async () => {
  const path = '/api/v1/gateway/bobs-own/demo/v1/chat/completions'
  const response = await fetch(`${weir.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer x;invariant-auth=${key['bob']}` },
    body: JSON.stringify({ model: 'short', messages }),
  })
  await response.text()
  await weir.trace(response.headers.get('x-weir-trace') ?? undefined)
  const listed = await call(key['bob'] ?? null, 'GET', '/dataset/byuser/bob/bobs-own/traces')
  expect(listed.json).toMatchObject([{ index: 0, extra_metadata: { via_gateway: true } }])
  expect((await call(key['ada, read'] ?? null, 'GET', '/dataset/byuser/bob/bobs-own')).status).toBe(401)
})

test('a trace is shared with whoever has a key, and with nobody once that is taken back', async () => {
  const path = `/trace/${hidden.trace}`
  const by = key['ada, push'] ?? null
  expect((await call(by, 'PUT', `${path}/shared`)).json).toEqual({ shared: true })
  expect((await call(key['bob'] ?? null, 'GET', path)).text).toContain(said)
  await allRefused(['nobody', 'unknown'], [['GET', path]])
  await allRefused(
    ['bob'],
    [
      ['DELETE', `${path}/shared`],
      ['GET', `/dataset/byid/${hidden.id}`],
    ],
  )
  expect((await call(by, 'DELETE', `${path}/shared`)).json).toEqual({ shared: false })
  await allRefused(
    ['bob'],
    [
      ['GET', path],
      ['GET', `${path}/annotations`],
      ['GET', `${path}/shared`],
    ],
  )
})

test('a key that is taken away is refused with the next request, also at the gateway', async () => {
  const made = await call(token, 'POST', '/keys/create', { user: 'ada' })
  const [id, text] = [textAt(made.json, 'id'), textAt(made.json, 'key')]
  const gateway = async () => {
    const response = await fetch(`${weir.url}/api/v1/gateway/hidden/demo/v1/models`, {
      headers: { 'invariant-authorization': `Bearer ${text}` },
    })
    await response.text()
    return response.status
  }
  expect([(await call(text, 'GET', '/user/identity')).status, await gateway()]).toEqual([200, 200])
  await call(token, 'DELETE', `/keys/${id}`)
  expect([(await call(text, 'GET', '/user/identity')).status, await gateway()]).toEqual([401, 401])
})

test('a key that an Explorer made lets in by its hash, and the hash itself does not', async () => {
  const text = `inv-${'ab'.repeat(32)}`
  const hash = new Bun.CryptoHasher('sha256').update(text).digest('hex')
  const body = { user: 'cleo', hashed_key: hash }
  expect((await call(token, 'POST', '/keys/create', body)).json).toMatchObject({ key: null })
  expect((await call(text, 'GET', '/user/identity')).json).toEqual({ username: 'cleo' })
  expect((await call(hash, 'GET', '/user/identity')).status).toBe(401)
  expect((await call(token, 'POST', '/keys/create', body)).status).toBe(400)
})
