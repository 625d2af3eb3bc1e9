import { expect, test } from 'bun:test'
import { Fault } from '../../../src/core/fault.ts'
import { plainNames } from '../../../src/demo/lists.ts'
import { createProviders } from '../../../src/provider/provider.ts'
import { answerModels, toModelQuestion } from '../../../src/route/models.ts'
import { resolve } from '../../../src/route/plan.ts'

function question(path: string, headers: Record<string, string> = {}, method = 'GET') {
  return toModelQuestion(new Request(`http://weir.test${path}`, { headers, method }), path)
}

test('the list is asked for under each version, with or without a query', () => {
  for (const path of ['/v1/models', '/v1/models/', '/v1/models?limit=20'])
    expect(question(path)).toEqual({ shape: 'openai', dialect: 'openai-chat', model: null })
  for (const path of ['/v1beta/models', '/v1alpha/models/', '/v1beta/models?pageSize=1&key=k'])
    expect(question(path)).toEqual({ shape: 'gemini', dialect: 'gemini', model: null })
})

test("Google's SDK is told by its key, Anthropic's by its version", () => {
  const google = question('/v1/models', { 'x-goog-api-key': 'k' })
  expect(google).toEqual({ shape: 'gemini', dialect: 'gemini', model: null })
  const anthropic = question('/v1/models/a', { 'anthropic-version': '2023-06-01' })
  expect(anthropic).toEqual({ shape: 'openai', dialect: 'anthropic', model: 'a' })
})

test('a model is asked for by a name with slashes, written as they are or encoded', () => {
  for (const path of ['/v1/models/demo/fast', '/v1/models/demo%2Ffast?x', '/v1beta/models/demo/fast'])
    expect(question(path)).toMatchObject({ model: 'demo/fast' })
  expect(question('/v1/models/or/org/m:free')).toMatchObject({ model: 'or/org/m:free' })
  expect(question('/v1/models/%ff')).toMatchObject({ model: '%ff' })
})

test('other paths and methods are no questions about models', () => {
  for (const path of ['/v1/modelsx', '/v1/model', '/openai/v1/models', '/v1beta1/models', '/x/v1/models'])
    expect(question(path)).toBeNull()
  expect(question('/v1beta/models/demo/fast:generateContent', {}, 'POST')).toBeNull()
  expect(question('/v1/models/ft:gpt', {}, 'DELETE')).toBeNull()
})

const providers = createProviders({}, plainNames)
const models = [...providers.values()].flatMap((provider) =>
  provider.models.filter((name) => !name.endsWith('*')).map((name) => ({ provider, name })),
)

function answered(model: string): unknown {
  return answerModels({ shape: 'openai', dialect: 'openai-chat', model }, models, providers)
}

test('one model is found by its full name, and by a bare one that a provider owns', () => {
  expect(answered('demo/fast')).toMatchObject({ id: 'demo/fast' })
  expect(answered('s08')).toMatchObject({ id: 'demo/s08' })
})

test('a model that nobody owns is unknown, as is one that its provider is not known to have', () => {
  for (const name of ['nobody', 'nobody/fast', 'openai/gpt-5', 'gpt-5', 'demo/', '/fast'])
    expect(() => answered(name)).toThrow(Fault)
  expect(() => answered('gpt-5')).toThrow('Model "gpt-5" is not among those that provider "openai"')
})

test('bare names of the demo are its own, in every dialect', () => {
  const scenarios = Array.from({ length: 16 }, (_, place) => `s${String(place + 1).padStart(2, '0')}`)
  expect(plainNames).toEqual(['fast', 'human', 'slow', 'echo', ...scenarios])
  for (const name of plainNames) {
    const { provider, model } = resolve(name, 'anthropic', providers)
    expect([provider.name, model]).toEqual(['demo', name])
  }
})
