import { afterAll, beforeAll, expect, test } from 'bun:test'
import { isObject } from '../../src/conversation/json.ts'
import { ask, type Ask } from '../support/client.ts'
import { whole } from '../support/provider.ts'
import { createRuled, type Ruled } from '../support/ruled.ts'
import { speeches } from '../support/rules.ts'
import { until } from '../support/until.ts'
import type { Weir } from '../support/weir.ts'

/** Models that rules ask through Weir itself, and that do not answer as they should. */
const policy =
  'from invariant.llm import llm\n\nraise "it is so" if:\n' +
  '  (m: Message)\n  m.role == "user"\n  "YES" in llm("Is it so? " + m.content)\n'
const detectors = { llm: { target: 'judge/small', maxResponseBytes: 4096 } }
const [chat] = speeches
let ruled: Ruled
let weir: Weir

beforeAll(async () => {
  ruled = await createRuled(policy, async (call) => {
    const body: unknown = JSON.parse((await call.body()).toString())
    const isJudge = isObject(body) && body['model'] === 'small'
    const asked = JSON.stringify(body)
    if (isJudge && asked.includes('wrong')) return call.send(whole('{}', [], '400 Bad Request'))
    if (isJudge && asked.includes('canary-words')) return call.send(whole('canary-words are no JSON'))
    const said = asked.includes('endless') ? 'x'.repeat(5000) : asked.includes('bad') ? 'YES' : 'NO'
    call.send(whole(chat?.whole(isJudge ? said : 'an answer') ?? ''))
  })
  const judge = { dialect: 'openai-chat', url: ruled.provider.url, key: 'canary-key' }
  const providers = { 'openai-chat': { dialect: 'openai-chat', url: ruled.provider.url }, judge }
  weir = await ruled.weirWith({ on: 'request' }, { providers, detectors })
})

afterAll(() => ruled[Symbol.asyncDispose]())

function asking(text: string): Ask {
  return { path: chat?.path(false) ?? '', body: chat?.request(text, false) ?? '' }
}

/** What the rules said of the exchange with this text. */
async function findingOf(text: string) {
  return until('its trace', async () => {
    for (const { id } of await weir.traces()) {
      const trace = await weir.trace(id)
      const asked = JSON.stringify(trace.request)
      if (asked.includes(text) && !asked.includes('Is it so?') && trace.verdicts.length > 0)
        return trace.verdicts[0]
    }
    return undefined
  })
}

test.each([
  ['wrong', 'it answered with status 400'],
  ['endless', 'its answer is larger than 4096 bytes'],
  ['canary-words', 'its answer is no JSON'],
])(
  'a model that answers "%s" makes the rule fail, and the trace says why in our own words',
  async (text, why) => {
    expect((await ask(weir.url, asking(text))).status).toBe(400)
    expect(await findingOf(text)).toMatchObject({ kind: 'error', message: `the detector llm failed: ${why}` })
  },
)

test('texts that a model refuses do not count against it: the next one is asked about', async () => {
  for (let at = 0; at < 10; at++) expect((await ask(weir.url, asking(`wrong ${at}`))).status).toBe(400)
  expect((await ask(weir.url, asking('fine, after all'))).status).toBe(200)
})
