import { expect, test } from 'bun:test'
import { factsOfBody, factsOfLargeBody, factsOfPath, replaceModelInPath } from '../../../src/route/facts.ts'

const factsOf = (text: string) => factsOfBody(new TextEncoder().encode(text))

test('model and stream are read from the body, and only if they are what they should be', () => {
  expect(factsOf('{"stream":true,"model":"m"}')).toEqual({
    model: 'm',
    stream: true,
    modelSpan: { start: 23, end: 26 },
  })
  for (const body of ['{"model":1}', '{"model":null}', '{"model":["m"]}', '{}', '[]', 'model', '']) {
    expect([body, factsOf(body)]).toEqual([body, { model: null, stream: false, modelSpan: null }])
  }
  expect(factsOf('{"model":"m","stream":"true"}').stream).toBe(false)
})

test("Gemini's paths name model and verb", () => {
  expect(factsOfPath('/v1beta/models/gemini-2.5-pro:streamGenerateContent?alt=sse')).toMatchObject({
    model: 'gemini-2.5-pro',
    stream: true,
  })
  expect(factsOfPath('/v1beta/models/p%2Fm:generateContent')).toMatchObject({ model: 'p/m', stream: false })
  expect(factsOfPath('/v1beta/models/p/m:countTokens')).toMatchObject({ model: 'p/m', stream: false })
  expect(factsOfPath('/v1beta/models/ft:a:generateContent').model).toBe('ft:a')
  expect(factsOfPath('/v1beta/models/%E0%A4:generateContent').model).toBe('%E0%A4')
  for (const path of [
    '/v1beta/models',
    '/v1beta/models/m',
    '/v1beta/files/x:go',
    '/v1beta/models/:go',
    '/x?/models/m:go',
  ]) {
    expect([path, factsOfPath(path).model]).toEqual([path, null])
  }
})

test('only the model of a path is replaced, whatever signs it has', () => {
  const path = '/v1beta/models/p/m:streamGenerateContent?alt=sse&models/x:y'
  expect(replaceModelInPath(path, 'm')).toBe('/v1beta/models/m:streamGenerateContent?alt=sse&models/x:y')
  expect(replaceModelInPath('/models/a:go', "$1$&$'")).toBe("/models/%241%24%26%24':go")
  expect(replaceModelInPath('/models/a:go', 'tuned/b')).toBe('/models/tuned%2Fb:go')
})

test('a long path costs no more than its length', () => {
  const path = '/models'.repeat(9000)
  const began = performance.now()
  expect(factsOfPath(path)).toEqual(factsOfPath('/x'))
  expect(performance.now() - began).toBeLessThan(50)
})

test('what is longer than a name can be is no name', () => {
  for (const [length, isName] of [
    [512, true],
    [513, false],
    [1_000_000, false],
  ] as const) {
    const model = 'm'.repeat(length)
    expect([length, factsOf(`{"model":"${model}"}`).model === model]).toEqual([length, isName])
    expect([length, factsOfPath(`/v1beta/models/${model}:go`).model === model]).toEqual([length, isName])
  }
})

test('a name is as long however it is written, and what is too long to be one is not parsed', async () => {
  const escaped = (length: number) => new TextEncoder().encode(`{"model":"${'\\u006d'.repeat(length)}"}`)
  expect(factsOfBody(escaped(512)).model).toBe('m'.repeat(512))
  expect(await factsOfLargeBody(escaped(512))).toEqual(factsOfBody(escaped(512)))
  expect(factsOfBody(escaped(513)).model).toBeNull()
})
