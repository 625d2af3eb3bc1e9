import { expect, test } from 'bun:test'
import { modelEntry, modelList } from '../../../src/provider/models.ts'
import { presets } from '../../../src/provider/presets.ts'
import { createProviders } from '../../../src/provider/provider.ts'

const providers = createProviders({ local: { dialect: 'openai-chat', url: 'http://local.test' } }, ['fast'])
const models = [
  ['demo', 'fast'],
  ['local', 'org/model:free'],
].flatMap(([from = '', name = '']) => {
  const provider = providers.get(from)
  return provider === undefined ? [] : [{ provider, name }]
})

test("one object is OpenAI's list and Anthropic's", () => {
  const list = modelList('openai', models)
  expect(list).toMatchObject({
    object: 'list',
    has_more: false,
    first_id: 'demo/fast',
    last_id: 'local/org/model:free',
  })
  expect(list).toMatchObject({
    data: [
      {
        id: 'demo/fast',
        object: 'model',
        created: 0,
        owned_by: 'demo',
        type: 'model',
        display_name: 'fast',
        created_at: '1970-01-01T00:00:00.000Z',
      },
      { id: 'local/org/model:free', owned_by: 'local' },
    ],
  })
})

test("Gemini's list says which models can be called in its dialect", () => {
  expect(modelList('gemini', models)).toEqual({
    models: [
      {
        name: 'models/demo/fast',
        displayName: 'fast',
        supportedGenerationMethods: ['generateContent', 'countTokens'],
      },
      { name: 'models/local/org/model:free', displayName: 'org/model:free', supportedGenerationMethods: [] },
    ],
  })
})

test('a list of nothing is a list', () => {
  expect(modelList('openai', [])).toEqual({
    object: 'list',
    data: [],
    has_more: false,
    first_id: null,
    last_id: null,
  })
  expect(modelList('gemini', [])).toEqual({ models: [] })
})

test('a model by itself is what it is in the list', () => {
  for (const model of models) {
    expect(modelList('openai', [model])).toMatchObject({ data: [modelEntry('openai', model)] })
    expect(modelList('gemini', [model])).toEqual({ models: [modelEntry('gemini', model)] })
  }
})

test('a preset claims no model to exist', () => {
  const named = Object.values(presets).flatMap((preset) => preset.models)
  expect(named.filter((name) => !name.endsWith('*'))).toEqual([])
})

test('the models of this process are those of the demo, unless it is elsewhere or others are configured', () => {
  const modelsOf = (settings: object) => createProviders({ demo: settings }, ['fast']).get('demo')?.models
  expect(modelsOf({})).toEqual(['fast'])
  expect(modelsOf({ key: 'k' })).toEqual(['fast'])
  expect(modelsOf({ models: ['own'] })).toEqual(['own'])
  expect(modelsOf({ url: 'http://demo.test/v1' })).toEqual([])
})
