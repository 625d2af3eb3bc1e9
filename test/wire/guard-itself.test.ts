import { afterAll, beforeAll, expect, test } from 'bun:test'
import { isObject } from '../../src/conversation/json.ts'
import { createAsk, createMark, isJudging, judgingHeader } from '../../src/guard/detect/remote/own.ts'
import type { DetectorName } from '../../src/guard/detector.ts'
import { asking, reason, type Asked } from '../support/guard/detecting.ts'
import { createProvider, whole, type Provider } from '../support/provider.ts'
import { until } from '../support/until.ts'
import { startWeir, type Weir } from '../support/weir.ts'

/** Rules that ask models through Weir itself, by its own routes, with its own keys. */
const mark = createMark()
let provider: Provider
let weir: Weir

beforeAll(async () => {
  provider = await createProvider(async (call) => {
    const body: unknown = JSON.parse((await call.body()).toString())
    const input = isObject(body) && Array.isArray(body['input']) ? body['input'] : []
    const answer = call.target.endsWith('/embeddings')
      ? { data: input.map((_, index) => ({ index, embedding: [3, 4] })) }
      : { choices: [{ index: 0, message: { role: 'assistant', content: 'YES' }, finish_reason: 'stop' }] }
    call.send(whole(JSON.stringify(answer), ['Content-Type: application/json']))
  })
  weir = await startWeir({
    providers: { judge: { dialect: 'openai-chat', url: provider.url, key: 'canary-key' } },
  })
})

afterAll(async () => {
  await weir[Symbol.asyncDispose]()
  await provider.stop()
})

function detector(name: DetectorName, settings: object): Asked {
  return asking(name, settings, { ask: createAsk({ url: weir.url, mark }, fetch) })
}

test('an embedding and a model are had by the routes of clients, with the key of the configuration', async () => {
  expect(await detector('embedding', { target: 'judge/embed' })(['a', 'b'])).toMatchObject([
    { value: [0.6, 0.8] },
    { value: [0.6, 0.8] },
  ])
  expect(await detector('llm', { target: 'judge/small' })(['Is it so?'])).toMatchObject([{ value: 'YES' }])
  expect(provider.calls.map(({ target }) => target)).toEqual(['/v1/embeddings', '/v1/chat/completions'])
  for (const call of provider.calls) expect(call.header('authorization')).toBe('Bearer canary-key')
})

test('the mark never leaves Weir', () => {
  expect(provider.calls.length).toBeGreaterThan(0)
  expect(provider.received().toString('latin1')).not.toContain(mark)
  expect(provider.received().toString('latin1').toLowerCase()).not.toContain(judgingHeader)
})

test('Weir is asked directly, whatever proxy the environment names', async () => {
  const came: (string | false | undefined)[] = []
  const ask = createAsk({ url: weir.url, mark }, (url, init) => {
    came.push(init.proxy === false || typeof init.proxy === 'string' ? init.proxy : undefined)
    return fetch(url, init)
  })
  await asking('llm', { target: 'judge/small' }, { ask })(['Is it so?'])
  expect(came).toEqual([false])
})

test('no trace shows the mark', async () => {
  const heads = await until('the traces of both calls', async () => {
    const stored = await weir.traces()
    return stored.length >= 2 && stored
  })
  for (const { id } of heads) {
    const shown = JSON.stringify(await weir.trace(id))
    expect(shown).toContain(judgingHeader)
    expect(shown).not.toContain(mark)
  }
})

test('the demo answers too, so that rules can be tried without a key', async () => {
  const [found] = await detector('llm', { target: 'demo/echo' })(['Is it so?'])
  expect(typeof found?.value).toBe('string')
})

test('a model that is not there is a failure, told without a key', async () => {
  expect(await reason(detector('llm', { target: 'nobody/nothing' })(['a']))).toBe(
    'it answered with status 404',
  )
})

test('an answer larger than its bound is a failure', async () => {
  const embed = detector('embedding', { target: 'judge/embed', maxResponseBytes: 1024, maxBatch: 2048 })
  const texts = Array.from({ length: 100 }, (_, at) => `text ${at}`)
  expect(await reason(embed(texts))).toBe('its answer is larger than 1024 bytes')
})

test('only who knows the mark of this process is taken for a rule', () => {
  expect(isJudging(new Headers({ [judgingHeader]: mark }), mark)).toBe(true)
  expect(isJudging(new Headers({ [judgingHeader]: createMark() }), mark)).toBe(false)
  expect(isJudging(new Headers({ [judgingHeader]: '' }), mark)).toBe(false)
  expect(isJudging(new Headers(), mark)).toBe(false)
  expect(mark).toMatch(/^[0-9a-f]{48}$/)
})
