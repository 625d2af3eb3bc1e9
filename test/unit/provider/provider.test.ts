import { expect, test } from 'bun:test'
import { modelList } from '../../../src/provider/models.ts'
import { createProviders } from '../../../src/provider/provider.ts'

test('presets are there without settings, and settings change only what they say', () => {
  const providers = createProviders({
    openai: { key: 'k' },
    anthropic: { url: 'http://127.0.0.1:9' },
    own: { dialect: 'gemini', url: 'http://own/base', models: ['m'] },
  })
  expect([...providers.keys()]).toEqual(['openai', 'anthropic', 'gemini', 'demo', 'own'])
  expect(providers.get('openai')).toMatchObject({ key: 'k', url: 'https://api.openai.com/v1' })
  expect(providers.get('anthropic')).toMatchObject({ url: 'http://127.0.0.1:9', dialects: ['anthropic'] })
  expect(providers.get('gemini')?.key).toBeUndefined()
  expect(providers.get('own')).toMatchObject({
    dialects: ['gemini'],
    models: ['m'],
    headers: {},
    transport: {},
  })
})

test('a provider may speak several dialects', () => {
  const providers = createProviders({ p: { dialect: ['openai-chat', 'anthropic'], url: 'http://p' } })
  expect(providers.get('p')?.dialects).toEqual(['openai-chat', 'anthropic'])
})

test('the list of models has the full names of what can be called, in the form of each client', () => {
  const providers = createProviders({
    p: { dialect: 'openai-chat', url: 'http://p', models: ['one', 'two*', 'three'] },
  })
  const mine = new Map([...providers].filter(([name]) => name === 'p'))
  expect(modelList('/v1/models', mine)).toMatchObject({
    object: 'list',
    data: [
      { id: 'p/one', object: 'model', owned_by: 'p' },
      { id: 'p/three', type: 'model', display_name: 'three' },
    ],
    has_more: false,
    first_id: 'p/one',
    last_id: 'p/three',
  })
  expect(modelList('/v1beta/models', mine)).toMatchObject({
    models: [{ name: 'models/p/one' }, { name: 'models/p/three' }],
  })
  expect(modelList('/v1/models', new Map())).toMatchObject({ data: [], first_id: null, last_id: null })
})
