import { expect, test } from 'bun:test'
import { Fault, meanings } from '../../../src/core/fault.ts'
import type { FaultCode } from '../../../src/core/fault.ts'
import { isObject, objectAt } from '../../../src/conversation/json.ts'
import { dialectNames } from '../../../src/dialect/dialect.ts'
import type { DialectName } from '../../../src/dialect/dialect.ts'
import { dialectOf, dialects } from '../../../src/dialect/index.ts'
import { bytesOf, rebuild } from '../../support/cuts.ts'
import { expectGarbageRead, expectOddValuesRead } from '../../support/garbage.ts'
import { streams } from '../../support/streams/index.ts'

/** What holds for every dialect. */

const codes = Object.keys(meanings).filter((code): code is FaultCode => code in meanings)
const secret = 'connect ECONNREFUSED 10.0.0.7:8443'

for (const name of dialectNames) {
  const dialect = dialects[name]

  test(`${name}: it is listed under its name`, () => {
    expect(dialect.name).toBe(name)
  })

  test(`${name}: a stream cut before its end mark is never complete`, () => {
    const [first] = streams[name]
    const text = first?.text ?? ''
    // The last event of the stream is where its end mark stands.
    const events = text.trimEnd().split(/\r?\n\r?\n/)
    const last = name === 'openai-chat' ? 2 : 1
    const limit = bytesOf(events.slice(0, -last).join('\n\n')).length
    const bytes = bytesOf(text)
    for (let cut = 0; cut < limit; cut++) {
      const pieces = [bytesOf('\n'), bytes.subarray(0, cut)]
      if (cut > 0) expect(endingOf(name, pieces)).not.toBe('complete')
    }
  })

  test(`${name}: the mark by which a stream counts as told stands in every complete one`, () => {
    for (const { text, reply } of streams[name]) {
      if (reply.ending !== 'complete' || reply.model === undefined) continue
      expect(dialect.endMarks.some((mark) => text.includes(mark))).toBe(true)
    }
  })

  // Four times as many rounds are for test/fuzz/conformance.test.ts.
  test(`${name}: garbage makes a reply, never a throw, and no reply depends on the cuts`, () => {
    expectGarbageRead(dialect, 100)
  })

  test(`${name}: values of every kind in every place make a reply, never a throw`, () => {
    expectOddValuesRead(dialect, 100)
  })

  test(`${name}: an event too deep to be written again is counted, not read`, () => {
    const merge = dialect.merge()
    for (const depth of [1_000, 100_000]) {
      merge.add({ data: `{"x":${'['.repeat(depth)}${']'.repeat(depth)}}` })
      merge.add({ data: `{"x":${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}}` })
    }
    expect(merge.finish().unknownEvents).toEqual({ unreadable: 4 })
  })

  test(`${name}: a field called __proto__ changes no object but its own`, () => {
    const merge = dialect.merge()
    for (const { text } of streams[name]) {
      for (const [, line = ''] of text.matchAll(/data: ?(\{.*\})/g)) {
        merge.add({ data: line.replaceAll('{', '{"__proto__":{"polluted":1},').replaceAll(',}', '}') })
      }
    }
    merge.finish()
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
  })

  test(`${name}: a stream of nothing is cut`, () => {
    const reply = dialect.merge().finish()
    expect(reply).toMatchObject({ body: null, ending: 'cut', model: null, usage: null, error: null })
  })

  test(`${name}: every fault is told with its message, hop and trace, and without its cause`, () => {
    for (const code of codes) {
      const fault = new Fault(code, 'It did not work', { cause: new Error(secret), retryAfterSeconds: 3 })
      for (const text of [
        JSON.stringify(dialect.refuse(fault, 'trace-1')),
        dialect.refuseEvent(fault, 'trace-1'),
      ]) {
        expect(text).toContain(`It did not work (hop: ${fault.hop}, trace: trace-1)`)
        expect(text).not.toContain('ECONNREFUSED')
      }
      const body = dialect.refuse(fault, 'trace-1')
      expect(isObject(body) ? objectAt(body, 'error') : undefined).toBeDefined()
    }
  })

  test(`${name}: a fault in a running stream makes an error of the answer, with what it had`, () => {
    const fault = new Fault('provider-reset', 'The provider reset the connection')
    const [first] = streams[name]
    const head = (first?.text ?? '')
      .split(/(?<=\n\r?\n)/)
      .slice(0, 2)
      .join('')
    const reply = rebuild(dialect, [bytesOf(head + dialect.refuseEvent(fault, 't'))])
    expect(reply.ending).toBe('error')
    expect(reply.error).toMatchObject({
      message: 'The provider reset the connection (hop: provider, trace: t)',
    })
    expect(reply.body).not.toBeNull()
  })
}

test('a path belongs to the dialect whose answer it asks for, behind any prefix', () => {
  const owners: Readonly<Record<string, DialectName>> = {
    '/v1/chat/completions': 'openai-chat',
    '/openai/deployments/x/chat/completions': 'openai-chat',
    '/v1/responses': 'openai-responses',
    '/v1/messages': 'anthropic',
    '/v1beta/models/gemini-2.5-flash:generateContent': 'gemini',
    '/v1/projects/p/locations/l/publishers/google/models/m:streamGenerateContent': 'gemini',
  }
  for (const [path, name] of Object.entries(owners)) expect(dialectOf(path, dialectNames)?.name).toBe(name)
})

test('counting, embedding, listing and whatever else is there belong to no dialect', () => {
  const paths = [
    '/v1/messages/count_tokens',
    '/v1/embeddings',
    '/v1/models',
    '/m:countTokens',
    '/v1/completions',
    '/',
  ]
  for (const path of [...paths, '/v1/responses/resp_1', '/v1/messages/batches', '']) {
    expect(dialectOf(path, dialectNames)).toBeUndefined()
  }
})

test('a provider is only ever asked for a dialect that it speaks', () => {
  expect(dialectOf('/v1/messages', ['openai-chat', 'gemini'])).toBeUndefined()
  expect(dialectOf('/v1/messages', ['openai-chat', 'anthropic'])?.name).toBe('anthropic')
})

function endingOf(name: DialectName, pieces: readonly Uint8Array[]): string {
  try {
    return rebuild(dialects[name], pieces).ending
  } catch {
    // Nothing had come by which one could tell what this is.
    return 'none'
  }
}
