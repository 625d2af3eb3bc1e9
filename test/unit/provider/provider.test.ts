import { expect, test } from 'bun:test'
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
