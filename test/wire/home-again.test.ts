import { afterAll, beforeAll, expect, test } from 'bun:test'
import { join } from 'node:path'
import { openClient } from '../support/client.ts'
import { weir as command } from '../support/command.ts'
import { at, textAt } from '../support/json.ts'
import { findsWord, policiesIn } from '../support/rules.ts'
import { createFolder } from '../support/traces.ts'
import { until } from '../support/until.ts'
import { startWeir, type Weir } from '../support/weir.ts'

/** What leaves one Weir, comes into another and leaves it again is the same; what is no export changes nothing. */
const pixel =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

const traces = [
  {
    messages: [
      {
        role: 'system',
        content: 'Line\u2028separated \u0000 \u{1f600} é',
        extra: { kept: [1.5, null, true] },
      },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What is this?' },
          { type: 'image_url', image_url: { url: pixel } },
        ],
      },
      {
        role: 'assistant',
        content: null,
        tool_calls: [
          { id: 'c', type: 'function', function: { name: 'look', arguments: '{"at": {"x": 1}}' } },
        ],
      },
      { role: 'tool', tool_call_id: 'c', content: `local_base64_img: ${pixel.slice(22)}` },
    ],
    annotations: [
      { content: 'in the middle', address: 'messages.0.content:0-4', extra_metadata: { source: 'a test' } },
      { content: 'by line', address: 'messages[1].content[0].text:L0', extra_metadata: null },
      { content: 'of all of it' },
    ],
    metadata: { name: 'A name', hierarchy_path: ['one', 'two'], uploader: 'ada', ['__proto__']: { own: 1 } },
  },
  { messages: [], annotations: [], metadata: {} },
  { messages: [{ role: 'user', content: 'long '.repeat(200_000) }], annotations: [], metadata: { n: 1e21 } },
]

async function post(weir: Weir, path: string, body: string | FormData): Promise<Response> {
  return fetch(`${weir.url}/api/v1${path}`, { method: 'POST', body })
}

function form(name: string, text: string | Uint8Array<ArrayBuffer>): FormData {
  const form = new FormData()
  form.set('file', new File([text], 'traces.jsonl'))
  form.set('name', name)
  return form
}

async function download(weir: Weir, name: string): Promise<string> {
  return (await fetch(`${weir.url}/api/v1/dataset/byuser/developer/${name}/download`)).text()
}

/** A project with traces that were pushed, and with exchanges that passed, one of which a rule has remarked about. */
async function fill(weir: Weir, dataset: string): Promise<void> {
  const pushed = {
    dataset,
    messages: traces.map(({ messages }) => messages),
    annotations: traces.map(({ annotations }) => annotations),
    metadata: traces.map(({ metadata }) => metadata),
  }
  expect((await post(weir, '/push/trace', JSON.stringify(pushed))).status).toBe(200)
  for (const stream of [true, false]) {
    const content = [
      { type: 'text', text: 'pun?' },
      { type: 'image_url', image_url: { url: pixel } },
    ]
    const body = { model: 'short', stream, temperature: 0.5, messages: [{ role: 'user', content }] }
    const asked = await post(weir, `/gateway/${dataset}/demo/v1/chat/completions`, JSON.stringify(body))
    await asked.text()
    await weir.trace(asked.headers.get('x-weir-trace') ?? undefined)
  }
  await fetch(`${weir.url}/api/v1/dataset/metadata/${dataset}`, {
    method: 'PUT',
    body: JSON.stringify({ metadata: { benchmark: 'b', accuracy: 0.25 } }),
  })
}

test('an export that is brought into another Weir is exported from it byte for byte, either way', async () => {
  using folder = createFolder()
  policiesIn(folder.path, { word: findsWord('pun') })
  const rules = [{ file: join(folder.path, 'word.policy'), action: 'log' }]
  await using first = await startWeir({ rules })
  await using second = await startWeir()
  await fill(first, 'project')
  const rule = { name: 'r', policy: 'raise "x" if:\n    (m: Message)\n    "a" in m.content\n' }
  const told = await fetch(`${first.url}/api/v1/dataset/byuser/developer/project`)
  const added = await post(first, `/dataset/${textAt(await told.json(), 'id')}/policy`, JSON.stringify(rule))
  expect(added.status).toBe(200)
  const before = await until('what the rule found', async () => {
    const text = await download(first, 'project')
    const recorded = text.trim().split('\n').slice(-2)
    return recorded.every((line) => line.includes('guardrails-error')) && text
  })
  expect(before.split('\n')).toHaveLength(traces.length + 4)
  expect(before).toContain(pixel)
  expect((await post(second, '/dataset/upload', form('project', before))).status).toBe(200)
  expect(await download(second, 'project')).toBe(before)
  // Nobody has looked at the rules of a file: they hold for nobody.
  const policies = await fetch(`${second.url}/api/v1/dataset/byuser/developer/project/policy`)
  expect([before.includes('raise'), await policies.json()]).toEqual([true, { policies: [] }])

  const run = (...list: readonly string[]) => command(list, { folder: folder.path })
  const file = join(folder.path, 'project.jsonl')
  await Bun.write(file, before)
  const data = join(folder.path, 'third')
  for (const stdout of [
    '5 traces added to project, 0 were there\n',
    '0 traces added to project, 5 were there\n',
  ])
    expect(await run('import', '--data', data, file)).toMatchObject({ code: 0, stdout })
  expect((await run('export', '--data', data, '--project', 'project')).stdout).toBe(before)
}, 60_000)

let shared: Weir

beforeAll(async () => {
  shared = await startWeir()
})

afterAll(() => shared[Symbol.asyncDispose]())

const line = '{"messages":[{"role":"user","content":"Hi"}]}'

test.each([
  ['text after others', `${line}\nnot json`, /line 2/],
  ['half a line', `${line}\n${line.slice(0, -3)}`, /line 2/],
  ['a line in two forms', `${line}\n[{"role":"user","content":"Hi"}]`, /line 2/],
  ['an index twice', `{"index":1,${line.slice(1)}\n{"index":1,${line.slice(1)}`, /line 2.*index 1/],
  ['an index for some', `{"index":1,${line.slice(1)}\n${line}`, /line 2.*index/],
  ['a message without a role', `${line}\n{"messages":[{"content":"Hi"}]}`, /line 2.*role/],
  [
    'an address with nothing at it',
    `${line.slice(0, -1)},"annotations":[{"content":"","address":"messages.1"}]}`,
    /line 1.*address/,
  ],
  ['metadata behind the first row', `${line}\n{"metadata":{}}`, /line 2/],
  ['nothing that JSON can hold so deep', `${line}\n${'['.repeat(100_000)}`, /line 2/],
  ['no UTF-8', Uint8Array.of(0x7b, 0xff, 0x7d), /UTF-8/],
  ['a name that is too long', `{"name":"${'n'.repeat(201)}",${line.slice(1)}`, /name/],
  [
    'too many messages',
    `{"messages":[${'{"role":"user"},'.repeat(100_000)}{"role":"user"}]}`,
    /100000 messages/,
  ],
])('a file with %s is refused, and makes no project', async (_, text, detail) => {
  const answer = await post(shared, '/dataset/upload', form('wrong', text))
  expect(answer.status).toBe(400)
  expect(textAt(await answer.json(), 'detail')).toMatch(detail)
  expect(await (await fetch(`${shared.url}/api/v1/dataset/list?kind=any`)).json()).toEqual([])
})

test('a file is brought in once, and a project that has traces takes no other', async () => {
  await using weir = await startWeir()
  expect((await post(weir, '/dataset/upload', form('once', line))).status).toBe(200)
  const again = await post(weir, '/dataset/upload', form('once', line))
  expect([again.status, textAt(await again.json(), 'detail')]).toEqual([
    400,
    expect.stringContaining('exists'),
  ])
  const told = await fetch(`${weir.url}/api/v1/dataset/byuser/developer/once`)
  expect(at(await told.json(), 'num_traces')).toBe(1)
})

test('a client that leaves in the middle of its file has brought nothing in', async () => {
  await using weir = await startWeir()
  const client = await openClient(weir.url)
  const head = '--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
  client.send(
    `POST /api/v1/dataset/upload HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: multipart/form-data; boundary=b\r\n` +
      `Content-Length: 100000\r\n\r\n${head}${line}\n`,
  )
  client.leave()
  expect((await post(weir, '/dataset/upload', form('other', line))).status).toBe(200)
  const list: unknown = await (await fetch(`${weir.url}/api/v1/dataset/list?kind=any`)).json()
  expect(list).toMatchObject([{ name: 'other' }])
  expect(weir.lines.filter(({ level }) => level === 'error')).toEqual([])
})
