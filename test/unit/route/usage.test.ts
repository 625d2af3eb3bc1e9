import { expect, test } from 'bun:test'
import { createProviders, type Provider } from '../../../src/provider/provider.ts'
import { withUsage } from '../../../src/route/usage.ts'
import { fromBytes, type Body } from '../../../src/wire/body.ts'
import type { Splice } from '../../../src/wire/splice.ts'

const settings = { dialect: 'openai-chat', url: 'http://p', includeUsage: true } as const

function provider(more: { includeUsage?: boolean } = {}): Provider {
  const made = createProviders({ p: { ...settings, ...more } }).get('p')
  if (made === undefined) throw new Error('There is no such provider')
  return made
}

type More = Partial<{ dialect: string; splice: Splice; decoded: boolean; body: Body; includeUsage: boolean }>

async function ask(text: string, more: More = {}, encoding = '') {
  const { body = fromBytes(new TextEncoder().encode(text)), includeUsage = true, splice = null } = more
  const { dialect = 'openai-chat', decoded = false } = more
  const aim = { provider: provider({ includeUsage }), dialect, body, splice, decoded, hidesUsage: false }
  const asked = await withUsage(aim, encoding)
  const bytes = asked.body.whole()
  return { ...asked, text: bytes === null ? null : new TextDecoder().decode(bytes), isSame: asked === aim }
}

/** What a record of the change makes of the bytes that came. */
function apply(text: string, splice: Splice | null): string {
  if (splice === null) return text
  const bytes = Buffer.from(text)
  const end = splice.at + splice.length
  return Buffer.concat([
    bytes.subarray(0, splice.at),
    Buffer.from(splice.with),
    bytes.subarray(end),
  ]).toString()
}

const asks: readonly (readonly [came: string, went: string])[] = [
  ['{"model":"m","stream":true}', '{"stream_options":{"include_usage":true},"model":"m","stream":true}'],
  [' {\n "stream" : true }', ' {"stream_options":{"include_usage":true},\n "stream" : true }'],
  ['{"stream":true,"stream_options":null}', '{"stream":true,"stream_options":{"include_usage":true}}'],
  ['{"stream":true,"stream_options":{}}', '{"stream":true,"stream_options":{"include_usage":true}}'],
  [
    '{"stream_options":{"include_obfuscation":false},"stream":true}',
    '{"stream_options":{"include_usage":true,"include_obfuscation":false},"stream":true}',
  ],
  [
    '{"stream":true,"stream_options":{"include_usage": false, "x":1}}',
    '{"stream":true,"stream_options":{"include_usage": true, "x":1}}',
  ],
  ['{"m":"😀","stream":true}', '{"stream_options":{"include_usage":true},"m":"😀","stream":true}'],
]

test.each(asks)('%s asks for its usage, with nothing else of it changed', async (came, went) => {
  const { text, splice, hidesUsage } = await ask(came)
  expect(text).toBe(went)
  expect(hidesUsage).toBe(true)
  expect(apply(came, splice)).toBe(went)
  expect(JSON.parse(went)).toMatchObject({ stream_options: { include_usage: true } })
})

test.each([
  '{"stream":true,"stream_options":{"include_usage":true}}',
  '{"stream":false}',
  '{"model":"m"}',
  '{"stream":"true"}',
  '{"stream":true,"stream_options":7}',
  'no JSON',
  '',
])('%s goes as it is', async (came) => {
  expect(await ask(came)).toMatchObject({ text: came, isSame: true, hidesUsage: false })
})

test('behind a name that was replaced the two are one place', async () => {
  const came = '{"model":"p/m","stream":true}'
  const splice = { at: 9, length: 5, with: '"m"' }
  const asked = await ask(apply(came, splice), { splice })
  expect(asked.text).toBe('{"model":"m","stream_options":{"include_usage":true},"stream":true}')
  expect(apply(came, asked.splice)).toBe(asked.text ?? '')
  const two = await ask('{"model":"m","stream":true,"stream_options":{}}', { splice })
  expect(two.isSame).toBe(true)
})

test('a body that was unpacked here is asked with, one that travels packed is not', async () => {
  const came = '{"stream":true}'
  expect(await ask(came, { decoded: true }, 'gzip')).toMatchObject({ splice: null, hidesUsage: true })
  expect((await ask(came, {}, 'gzip')).isSame).toBe(true)
})

test('only chats are asked with, of providers that are configured so, and whose body is here', async () => {
  const came = '{"stream":true}'
  expect((await ask(came, { dialect: 'anthropic' })).isSame).toBe(true)
  expect((await ask(came, { includeUsage: false })).isSame).toBe(true)
  const body: Body = { whole: () => null, open: () => null, replayable: () => false }
  expect((await ask(came, { body })).isSame).toBe(true)
})

test('all providers are asked if the ledger says so, but those that say otherwise', () => {
  const known = createProviders({ p: { ...settings, includeUsage: false } }, [], { includeUsage: true })
  expect([known.get('openai')?.includeUsage, known.get('p')?.includeUsage]).toEqual([true, false])
  expect(createProviders({}).get('openai')?.includeUsage).toBe(false)
})
