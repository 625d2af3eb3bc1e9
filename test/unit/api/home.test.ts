import { expect, test } from 'bun:test'
import type { HomeStore } from '../../../src/api/home/store.ts'
import type { Change } from '../../../src/trace/home/change.ts'
import type { HomeAnswer, HomeQuestion } from '../../../src/trace/home/questions.ts'
import { localWho } from '../../../src/trace/home/who.ts'
import { startApi } from '../../support/api.ts'

type Asked = { readonly questions: HomeQuestion[]; readonly changes: { change: Change; body: string }[] }

function createPlace(answer: (question: HomeQuestion) => HomeAnswer = () => told([])) {
  const asked: Asked = { questions: [], changes: [] }
  const store: HomeStore = {
    ask: async (question) => {
      asked.questions.push(question)
      return answer(question)
    },
    change: async (change, body) => {
      asked.changes.push({ change: JSON.parse(change) as Change, body: new TextDecoder().decode(body) })
      return JSON.stringify({ kind: 'done', json: '{"done":true}' })
    },
  }
  const { ask } = startApi({ home: { store, now: () => 0 } })
  const call = (method: string, path: string, body?: BodyInit) =>
    ask(`/v1${path}`, { method, ...(body !== undefined && { body }) })
  return { asked, call }
}

function told(value: unknown, next: number | null = null): HomeAnswer {
  return { kind: 'told', json: JSON.stringify(value), next }
}

const id = '01k3v9w2b60017f3kq8s'

test('bodies go to the store as they came, with who asks and about what', async () => {
  const { asked, call } = createPlace()
  const answer = await call('POST', `/trace/${id}/messages`, '{"not": read here')
  expect(await answer.json()).toEqual({ done: true })
  expect(asked.changes).toEqual([
    { change: { kind: 'append', who: localWho, trace: id }, body: '{"not": read here' },
  ])
})

test.each([
  ['GET', '/trace/no%20id', 404],
  ['GET', `/trace/${'x'.repeat(65)}`, 404],
  ['DELETE', `/trace/${id}/annotation/a%2Fb`, 404],
  ['GET', '/dataset/byid/..', 404],
  ['GET', `/trace/${id}?max_length=many`, 400],
  ['GET', `/trace/${id}?max_length=100001`, 400],
  ['GET', `/trace/${id}?include_annotations=perhaps`, 400],
  ['GET', '/dataset/list?kind=other', 400],
  ['GET', '/dataset/byuser/a/b/traces?limit=10001', 400],
  ['GET', '/dataset/byuser/a/b/traces?indices=1,two', 400],
  ['GET', `/dataset/byuser/a/b/s?query=${'x'.repeat(2001)}`, 400],
  ['GET', '/dataset/byuser/a/b/s?query=is:unheard', 400],
  ['POST', '/dataset/upload', 400],
  ['PATCH', `/trace/${id}`, 404],
  ['GET', '/nowhere', 404],
])('%s %s is refused with a reason, and nothing is asked', async (method, path, status) => {
  const { asked, call } = createPlace()
  const answer = await call(method, path)
  expect(answer.status).toBe(status)
  expect(await answer.json()).toMatchObject({ detail: expect.any(String) })
  expect([...asked.questions, ...asked.changes]).toEqual([])
})

test('a body past its bound is refused before it is read', async () => {
  const { asked, call } = createPlace()
  const answer = await call('POST', '/push/trace', new Uint8Array(64 * 1024 * 1024 + 1))
  expect(answer.status).toBe(413)
  expect(asked.changes).toEqual([])
})

test('what the store refuses has its status and its words', async () => {
  const { call } = createPlace(() => ({ kind: 'refused', code: 'unauthorized', message: 'Unauthorized get' }))
  const answer = await call('GET', `/trace/${id}`)
  expect(answer.status).toBe(401)
  expect(await answer.json()).toMatchObject({ detail: 'Unauthorized get' })
})

test('parameters that are empty, or mean nothing here, are passed over', async () => {
  const { asked, call } = createPlace()
  expect((await call('GET', '/dataset/byuser/me/mine/traces?limit=&offset=5&page=3')).status).toBe(200)
  expect(asked.questions).toEqual([
    {
      kind: 'traces',
      who: localWho,
      dataset: { username: 'me', name: 'mine' },
      limit: 1000,
      offset: 5,
      numbers: null,
      after: -1,
    },
  ])
})

test('slices are put together, in a list and in an export', async () => {
  const slices = [told([1, 2], 2), told([], 5), told([3])]
  const answer = (question: HomeQuestion) =>
    'after' in question
      ? (slices[[-1, 2, 5].indexOf(question.after)] ?? told([]))
      : told({ name: 'my set', head: { metadata: { a: 1 } }, queries: [] })
  const { call } = createPlace(answer)
  expect(await (await call('GET', '/dataset/byid/x/indices')).json()).toEqual([1, 2, 3])
  expect(await (await call('GET', '/dataset/byid/x/full')).json()).toMatchObject({
    name: 'my set',
    traces: [1, 2, 3],
  })
  const download = await call('GET', '/dataset/byid/x/download')
  expect(download.headers.get('content-disposition')).toBe('attachment; filename="my_set.jsonl"')
  expect(await download.text()).toBe('{"metadata":{"a":1}}\n1\n2\n3\n')
})

test('a search gathers its groups from slices, and the group of all others is always there', async () => {
  const group = (label: string, number: number) => ({ label, number, description: 'found' })
  const slices = [
    told({ groups: [group('a', 0), group('b', 0)], mappings: { 0: {} } }, 0),
    told({ groups: [group('a', 1)], mappings: {} }),
  ]
  const { call } = createPlace((question) =>
    'after' in question ? (slices[question.after + 1] ?? told([])) : told([]),
  )
  expect(await (await call('GET', '/dataset/byid/x/s?query=word')).json()).toEqual({
    result: {
      'Other Traces': { traces: [], description: 'Traces without Analyzer results', severity: 0 },
      word: { traces: [], description: '' },
      a: { traces: [0, 1], description: 'found' },
      b: { traces: [0], description: 'found' },
    },
    mappings: { 0: {} },
  })
})

test('the counts of saved queries are told as far as they are known', async () => {
  const query = (text: string) => ({ id: text, name: text, query: text, count: null, deletable: true })
  const dataset = { name: 'x', extra_metadata: {}, queries: [query('word'), query('is:unheard')] }
  const { call } = createPlace((question) =>
    question.kind === 'search' && question.query === 'is:unheard'
      ? { kind: 'refused', code: 'bad-request', message: 'means nothing' }
      : question.kind === 'search'
        ? told({ groups: [{ label: 'word', number: 3, description: '' }], mappings: {} })
        : told(dataset),
  )
  expect(await (await call('GET', '/dataset/byid/x')).json()).toMatchObject({
    queries: [{ count: 1 }, { count: null }],
  })
})

test('a search tells of all that it finds, and the places of the first thousand traces only', async () => {
  const sliceOf = (after: number) => {
    const numbers = Array.from({ length: 600 }, (_, at) => after + 1 + at)
    const groups = numbers.map((number) => ({ label: 'word', description: 'search result', number }))
    const place = { 'messages.0.content:0-4': { content: 'word', source: 'search' } }
    return { groups, mappings: Object.fromEntries(numbers.map((number) => [number, place])) }
  }
  const { asked, call } = createPlace((question) => {
    if (question.kind !== 'search') return told([])
    const { groups, mappings } = sliceOf(question.after)
    const next = question.after < 1200 ? question.after + 600 : null
    return told({ groups, mappings: question.isMapped ? mappings : {} }, next)
  })
  const answer = await call('GET', '/dataset/byuser/a/b/s?query=word')
  const { result, mappings } = JSON.parse(await answer.text())
  expect(result.word.traces.length).toBe(1800 + 600)
  expect(Object.keys(mappings).length).toBe(1200)
  const mapped = asked.questions.map((question) => question.kind === 'search' && question.isMapped)
  expect(mapped).toEqual([true, true, false, false])
})

test('what only counts a saved query asks for no places', async () => {
  const query = { id: 'q', name: 'mine', query: 'word', count: null, deletable: true }
  const { asked, call } = createPlace(({ kind }) =>
    kind === 'dataset' ? told({ queries: [query] }) : told({ groups: [], mappings: {} }),
  )
  expect(await (await call('GET', '/dataset/byid/d')).json()).toEqual({ queries: [{ ...query, count: 0 }] })
  expect(asked.questions.at(-1)).toMatchObject({ kind: 'search', isMapped: false })
})
