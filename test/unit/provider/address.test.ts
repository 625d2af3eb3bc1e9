import { expect, test } from 'bun:test'
import { join, replaceUrl, underVersion } from '../../../src/provider/address.ts'

test('a version that both the url and the path name counts once', () => {
  for (const [url, path, wanted] of [
    ['https://api.test/v1', '/v1/models', 'https://api.test/v1/models'],
    ['https://api.test/v1/', '/models', 'https://api.test/v1/models'],
    ['https://api.test/v1', '/v1', 'https://api.test/v1'],
    ['https://api.test/v1', '/v1?a=1', 'https://api.test/v1?a=1'],
    ['https://api.test/v1', '/v10/models', 'https://api.test/v1/v10/models'],
    ['https://api.test/v1', '/v1beta/models', 'https://api.test/v1/v1beta/models'],
    ['https://api.test', '/v1/messages', 'https://api.test/v1/messages'],
    ['https://api.test', '//evil.test/x', 'https://api.test//evil.test/x'],
    ['https://api.test', '', 'https://api.test/'],
    ['https://api.test/openai', '/openai/x', 'https://api.test/openai/openai/x'],
    ['https://api.test/v1', '/files/a%2Fb//c', 'https://api.test/v1/files/a%2Fb//c'],
  ] as const) {
    expect([url, path, join(url, path)]).toEqual([url, path, wanted])
  }
})

test('no path leads to another host', () => {
  for (const path of [
    '@evil.test/',
    '.evil.test',
    ':1/',
    '/@evil.test',
    '//evil.test',
    '/\\evil.test',
    '?x',
  ]) {
    expect(new URL(join('https://api.test', path)).host).toBe('api.test')
    expect(new URL(join('https://api.test/v1', path)).host).toBe('api.test')
  }
})

test('by-model paths fit under a url with a version of its own, and messages under any', () => {
  expect(underVersion('https://api.test/api/paas/v4', '/v1/chat/completions')).toBe('/chat/completions')
  expect(underVersion('https://api.test', '/v1/chat/completions')).toBe('/v1/chat/completions')
  expect(underVersion('https://api.test/anthropic', '/v1/messages?beta=true')).toBe('/v1/messages?beta=true')
  expect(underVersion('https://api.test/x', '/v1beta/models/m:go')).toBe('/v1beta/models/m:go')
})

test("a host alone keeps the preset's path, and a path of its own does not", () => {
  expect(replaceUrl('https://api.openai.com/v1', 'http://127.0.0.1:9')).toBe('http://127.0.0.1:9/v1')
  expect(replaceUrl('https://api.openai.com/v1', 'http://127.0.0.1:9/')).toBe('http://127.0.0.1:9/v1')
  expect(replaceUrl('https://api.openai.com/v1', 'http://127.0.0.1:9/other')).toBe('http://127.0.0.1:9/other')
  expect(replaceUrl('https://api.anthropic.com', 'http://127.0.0.1:9')).toBe('http://127.0.0.1:9')
})
