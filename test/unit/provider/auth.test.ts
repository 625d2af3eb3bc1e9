import { expect, test } from 'bun:test'
import { authorize, secretsOf } from '../../../src/provider/auth.ts'

test('the key takes the form that the client used, where the provider understands it', () => {
  for (const [used, dialects, wanted] of [
    [['authorization', 'Bearer mine'], ['openai-chat'], ['authorization', 'Bearer key']],
    [['x-api-key', 'mine'], ['openai-chat'], ['authorization', 'Bearer key']],
    [['authorization', 'Bearer mine'], ['anthropic'], ['x-api-key', 'key']],
    [['x-goog-api-key', 'mine'], ['gemini'], ['x-goog-api-key', 'key']],
    [
      ['x-goog-api-key', 'mine'],
      ['openai-chat', 'gemini'],
      ['x-goog-api-key', 'key'],
    ],
    [['api-key', 'mine'], ['openai-chat'], ['authorization', 'Bearer key']],
  ] as const) {
    const headers = new Headers({ [used[0]]: used[1] })
    expect(authorize(headers, '/v1/x', 'key', dialects)).toBe('/v1/x')
    expect([...headers]).toEqual([[...wanted]])
  }
})

test("a client's key in the query is replaced there, and only where the provider reads it there", () => {
  const headers = new Headers()
  expect(authorize(headers, '/m:go?alt=sse&key=mine', 'a key', ['gemini'])).toBe('/m:go?alt=sse&key=a%20key')
  expect([...headers]).toEqual([])
  expect(authorize(headers, '/v1/x?key=mine', 'key', ['anthropic'])).toBe('/v1/x')
  expect([...headers]).toEqual([['x-api-key', 'key']])
})

test('every key in a query goes, however often, and all else of it stays as it is', () => {
  const authorized = (path: string) => authorize(new Headers(), path, 'k', ['openai-chat'])
  expect(authorized('/x?key=1&a=%20&key=2&access_token=3&monkey=4&b')).toBe('/x?a=%20&monkey=4&b')
  expect(authorized('/x?Key=1&api_key=2&api-key=3&token=4&pageToken=5')).toBe('/x?pageToken=5')
  expect(authorized('/x?')).toBe('/x?')
  expect(authorized('/x?a&&b=')).toBe('/x?a&&b=')
})

test("Anthropic's subscription tokens are sent as bearer tokens, and its cookies stay here", () => {
  const headers = new Headers({ cookie: 'a=1', 'x-api-key': 'mine' })
  authorize(headers, '/v1/messages', 'sk-ant-oat01-token', ['anthropic'])
  expect([...headers]).toEqual([['authorization', 'Bearer sk-ant-oat01-token']])
})

test('secrets are the values of headers, cookies and query members that are named as such', () => {
  const headers = new Headers({
    authorization: 'Bearer one',
    'proxy-authorization': 'Basic two',
    'x-api-key': 'three',
    'x-vendor-token': 'four',
    cookie: 'a=five; b=six=6',
    accept: 'seven',
    'x-keyboard': 'eight',
  })
  expect(secretsOf(headers, '/x?key=n%20ine&a=ten&access_token=%E0').toSorted()).toEqual(
    ['one', 'two', 'three', 'four', 'five', 'six=6', 'n%20ine', 'n ine', '%E0', '%E0'].toSorted(),
  )
})
