import { afterAll, beforeAll, expect, test } from 'bun:test'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isObject } from '../../src/conversation/json.ts'
import { weir } from '../support/command.ts'
import { createProvider, whole, type Provider } from '../support/provider.ts'
import { findsWord } from '../support/rules.ts'
import { createFolder } from '../support/traces.ts'
import { startWeir } from '../support/weir.ts'

/** Rules that ask services and models, on the command line: as a running Weir with the same configuration would. */
const folder = createFolder()
let provider: Provider

const rule = `from invariant.detectors import moderated
from invariant import llm

raise "hateful" if:
    (m: Message)
    moderated(m)

raise "so" if:
    (m: Message)
    "model" in m.content
    llm(m.content) == "YES"
`
const cases = {
  cases: [
    { name: 'hate', messages: [{ role: 'user', content: 'I hate it' }], expect: 'hateful' },
    { name: 'a model', messages: [{ role: 'user', content: 'ask a model' }], expect: 'so' },
    { name: 'neither', messages: [{ role: 'user', content: 'hello' }], expect: 'none' },
  ],
}

beforeAll(async () => {
  provider = await createProvider(async (call) => {
    const body: unknown = JSON.parse(String(await call.body()))
    const texts = isObject(body) && Array.isArray(body['input']) ? body['input'] : []
    const answer = call.target.endsWith('/moderations')
      ? {
          results: texts.map((text) => ({ category_scores: { hate: `${text}`.includes('hate') ? 0.9 : 0 } })),
        }
      : { choices: [{ index: 0, message: { role: 'assistant', content: 'YES' }, finish_reason: 'stop' }] }
    call.send(whole(JSON.stringify(answer), ['Content-Type: application/json']))
  })
  const providers = { judge: { dialect: 'openai-chat', url: provider.url, key: 'canary-key' } }
  const moderated = { url: `${provider.url}/moderations` }
  put('weir.yaml', { data: folder.path, providers, detectors: { moderated, llm: { target: 'judge/small' } } })
  put('half.yaml', { data: folder.path, detectors: { moderated } })
  put('a.gr', rule)
  put('a.test.yaml', cases)
})

afterAll(async () => {
  await provider.stop()
  folder[Symbol.dispose]()
})

function put(name: string, content: unknown): void {
  writeFileSync(join(folder.path, name), typeof content === 'string' ? content : JSON.stringify(content))
}

test('cases hold by what the detectors of the configuration say, a model among them', async () => {
  const { code, stdout: out, stderr: err } = await weir(['rules', 'test'], { folder: folder.path })
  expect({ code, out, err }).toEqual({ code: 0, out: '1 file, 3 cases: all hold\n', err: '' })
  const asked = provider.calls.filter(({ target }) => target.endsWith('/chat/completions'))
  expect(asked.map((call) => call.header('authorization'))).toEqual(['Bearer canary-key'])
})

test('rules that ask what a configuration has not are refused by its name, whichever the command', async () => {
  for (const command of [['check'], ['test'], ['run', 'a.gr']]) {
    const {
      code,
      stdout: out,
      stderr: err,
    } = await weir(['rules', ...command, '--config', 'half.yaml'], {
      folder: folder.path,
    })
    expect(code).toBe(1)
    expect(out + err).toContain('asks the detector llm, which is not configured')
  }
})

test('what is stored is judged with them', async () => {
  const data = createFolder()
  await using running = await startWeir({}, { folder: data.path })
  // The demo says again what it was told.
  const body = JSON.stringify({ model: 'demo/short', messages: [{ role: 'user', content: 'I hate it' }] })
  const reply = await fetch(`${running.url}/v1/chat/completions`, { method: 'POST', body })
  await reply.text()
  await running.trace(reply.headers.get('x-weir-trace') ?? undefined)
  const { code, stdout: out } = await weir(['rules', 'run', 'a.gr', '--data', data.path], {
    folder: folder.path,
  })
  expect({ code, lines: out.split('\n') }).toEqual({
    code: 0,
    lines: [
      expect.stringMatching(/^4\t1\t2\t0\thateful\t/),
      expect.stringMatching(/^8\t0\t0\t0\t/),
      '1 trace judged, 2 findings',
      '',
    ],
  })
  data[Symbol.dispose]()
})

test('exchanges are listed by what rules said of them, from files and from a running Weir', async () => {
  const data = createFolder()
  put('word.gr', findsWord('hate'))
  const rules = [{ file: join(folder.path, 'word.gr') }]
  await using running = await startWeir({ rules }, { folder: data.path })
  const ids: Record<string, string> = {}
  for (const [verdict, content] of Object.entries({ block: 'I hate it', allow: 'I like it' })) {
    const body = JSON.stringify({ model: 'demo/short', messages: [{ role: 'user', content }] })
    const reply = await fetch(`${running.url}/v1/chat/completions`, { method: 'POST', body })
    await reply.text()
    ids[verdict] = (await running.trace(reply.headers.get('x-weir-trace') ?? undefined)).id
  }
  for (const where of [
    ['--data', data.path],
    ['--url', running.url],
  ]) {
    for (const verdict of ['block', 'allow', 'flag']) {
      const list = ['traces', 'list', '--verdict', verdict, '--json', ...where]
      const { stdout } = await weir(list, { folder: folder.path })
      const told = stdout.split('\n').filter((line) => line !== '')
      expect(told.map((line) => JSON.parse(line))).toMatchObject(
        ids[verdict] === undefined ? [] : [{ id: ids[verdict], verdict }],
      )
    }
  }
  data[Symbol.dispose]()
})
