import { expect, test } from 'bun:test'
import type { ServeOptions } from '../../../src/cli/world.ts'
import { play } from './world.ts'

function files(texts: Record<string, string>): (path: string) => Promise<string | null> {
  return async (path) => texts[path] ?? null
}

async function served(
  list: readonly string[],
  environment: Record<string, string>,
  texts: Record<string, string> = {},
) {
  const seen: ServeOptions[] = []
  const played = await play(['serve', ...list], {
    environment: { HOME: '/home/ada', ...environment },
    readText: files(texts),
    serve: async (options) => {
      seen.push(options)
      return 7
    },
  })
  return { played, options: seen[0] }
}

test('without a file the defaults serve, and the exit code is that of the server', async () => {
  const { played, options } = await served([], {})
  expect(played).toMatchObject({ code: 7, err: '' })
  expect(options).toMatchObject({ file: null, overrides: {}, config: { listen: { port: 9347 } } })
})

test('weir.yaml of the folder is taken if it is there', async () => {
  const { options } = await served([], {}, { '/srv/weir.yaml': 'listen: 1\ndata: d' })
  expect(options).toMatchObject({ file: '/srv/weir.yaml', config: { listen: { port: 1 }, data: '/srv/d' } })
})

test('arguments go before the environment, and both before the file', async () => {
  const texts = { '/a.yaml': 'listen: 1\ndata: /file', '/b.yaml': 'listen: 2' }
  const environment = {
    WEIR_CONFIG: '/a.yaml',
    WEIR_LISTEN: ':3',
    WEIR_DATA: 'env',
    WEIR_TOKEN: 'from-environment',
  }
  expect((await served([], environment, texts)).options?.config).toMatchObject({
    listen: { port: 3 },
    data: '/srv/env',
    token: 'from-environment',
  })
  const list = [
    '--config',
    '/b.yaml',
    '--listen',
    ':4',
    '--data',
    '/arg',
    '--token',
    'from-the-arguments',
    '--insecure',
  ]
  const { options } = await served(list, environment, texts)
  expect(options).toMatchObject({
    file: '/b.yaml',
    config: { listen: { port: 4 }, data: '/arg', token: 'from-the-arguments', insecure: true },
    overrides: { listen: ':4', data: '/arg', token: 'from-the-arguments', insecure: true },
  })
})

test('variables that are set but empty count as not set', async () => {
  const { options } = await served([], { WEIR_CONFIG: '', WEIR_LISTEN: '', WEIR_DATA: '', WEIR_TOKEN: '' })
  expect(options?.overrides).toEqual({})
})

test('a file that was asked for and is not there is an error', async () => {
  const { played, options } = await served(['--config', 'gone.yaml'], {})
  expect(played).toMatchObject({ code: 1, err: 'weir: There is no configuration file /srv/gone.yaml\n' })
  expect(options).toBeUndefined()
})

test('a faulty configuration does not serve: all its problems are told', async () => {
  const { played, options } = await served(['--listen', 'x'], {}, { '/srv/weir.yaml': 'lg: info\nlog: no' })
  expect(options).toBeUndefined()
  expect(played.code).toBe(1)
  expect(played.err.split('\n').map((line) => line.split(': ').slice(0, 2).join(': '))).toEqual([
    'arguments: listen',
    '/srv/weir.yaml:1: lg',
    '/srv/weir.yaml:2: log',
    '',
  ])
})

test('check tells what is loaded, without any secret', async () => {
  const text = `token: canary-canary-canary
providers:
  openai: {key: canary, models: [gpt-*]}
  own: {dialect: [anthropic], url: "https://ada:canary@h.example/v1"}
`
  const played = await play(['check'], { readText: files({ '/srv/weir.yaml': text }) })
  expect(played.err).toBe('')
  expect(played.out).not.toContain('canary')
  expect(played.out).toContain('file       /srv/weir.yaml\nlisten     127.0.0.1:9347, with a token\n')
  expect(played.out).toContain('provider   openai: built in, a key of its own, models gpt-*\n')
  expect(played.out).toContain("provider   own: anthropic, https://***@h.example/v1, the client's own key\n")
  expect(played.code).toBe(0)
})

test('check without a file tells the defaults', async () => {
  const played = await play(['check'])
  expect(played).toMatchObject({ code: 0, err: '' })
  expect(played.out).toStartWith(
    'file       none, defaults only\nlisten     127.0.0.1:9347, no token needed here\n',
  )
})

test('check tells files that are named and cannot be read', async () => {
  const text = 'tls: {cert: a.pem, key: b.pem}\nproviders: {openai: {ca: c.pem}}'
  const read = files({ '/srv/weir.yaml': text, '/srv/a.pem': 'PEM' })
  const played = await play(['check'], {
    readText: async (path) => {
      if (path === '/srv/c.pem') throw new Error('Permission denied')
      return read(path)
    },
  })
  expect(played.code).toBe(1)
  expect(played.err).toBe(
    '/srv/weir.yaml: tls.key: the file /srv/b.pem cannot be read\n' +
      '/srv/weir.yaml: providers.openai.ca: the file /srv/c.pem cannot be read\n',
  )
})

test('check of a faulty file ends with 1', async () => {
  const played = await play(['check', '--config', 'w.yaml'], {
    readText: files({ '/srv/w.yaml': 'token: $NOPE' }),
  })
  expect(played).toMatchObject({
    code: 1,
    out: '',
    err: '/srv/w.yaml:1: token: the environment variable NOPE is not set\n',
  })
})

test('like Invariant it is where its gateway was, unless somebody says where', async () => {
  const like = ['--like-invariant']
  const { options } = await served(like, {})
  expect(options?.config).toMatchObject({
    listen: { host: '127.0.0.1', port: 8005 },
    judging: { tell: true },
  })
  expect((await served(like, { PORT: '8000' })).options?.config.listen.port).toBe(8000)
  expect((await served(like, { PORT: '8000', WEIR_LISTEN: '1' })).options?.config.listen.port).toBe(1)
  expect((await served([...like, '--listen', '2'], { PORT: '8000' })).options?.config.listen.port).toBe(2)
  const texts = { '/srv/weir.yaml': 'listen: 3\njudging: {tell: false}' }
  expect((await served(like, {}, texts)).options?.config).toMatchObject({
    listen: { port: 8005 },
    judging: { tell: false },
  })
  const { played } = await served(like, { PORT: 'x' })
  expect(played.code).toBe(1)
  expect(played.err).toContain('arguments: listen')
})

test('a port in the environment is not for who does not ask for it', async () => {
  expect((await served([], { PORT: '8000' })).options?.config).toMatchObject({
    listen: { port: 9347 },
    judging: { tell: false },
  })
})

test("the file of Invariant's rules is one more policy, and none if it is named already", async () => {
  const texts = {
    '/srv/rules.gr': 'raise "x" if:\n  (m: Message)\n',
    '/srv/weir.yaml': 'rules: [{file: own.gr}]',
    '/srv/same.yaml': 'rules: [{file: rules.gr, action: log}]',
    '/srv/own.gr': 'raise "y" if:\n  (m: Message)\n',
  }
  const environment = { GUARDRAILS_FILE_PATH: 'rules.gr' }
  const name = 'guardrails from gateway configuration file'
  const { options } = await served([], environment, texts)
  expect(options?.config.rules).toMatchObject([
    { file: '/srv/own.gr', action: 'block' },
    { file: '/srv/rules.gr', name, action: 'block', mode: 'hold', on: 'both' },
  ])
  expect(options?.book.all.map((order) => order.name)).toEqual(['own', name])
  const same = await served(['--config', 'same.yaml'], environment, texts)
  expect(same.options?.config.rules).toMatchObject([{ file: '/srv/rules.gr', action: 'log' }])
})

test('a file of rules that is not there, or is at fault, is told and nothing is served', async () => {
  for (const [text, message] of [
    [null, 'there is no such file'],
    ['raise', '/srv/rules.gr:1'],
  ] as const) {
    const texts = text === null ? {} : { '/srv/rules.gr': text }
    const { played, options } = await served([], { GUARDRAILS_FILE_PATH: 'rules.gr' }, texts)
    expect(options).toBeUndefined()
    expect(played.code).toBe(1)
    expect(played.err).toContain(message)
  }
  const faulty = await served([], { GUARDRAILS_FILE_PATH: 'rules.gr' }, { '/srv/weir.yaml': 'rules: 1' })
  expect(faulty.played.err).toContain('weir.yaml:1: rules')
})

test('keys that whoever gets here may spend are told', async () => {
  const told = async (more: string, listen = ':9347') => {
    const text = `{listen: "${listen}", token: a-token-of-sixteen, ${more}}`
    return (await served([], { KEY: 'sk-1' }, { '/srv/weir.yaml': text })).played.err
  }
  const keyed = 'providers: {openai: {key: $KEY}, gemini: {}}'
  expect(await told(keyed)).toContain('whoever does spends the keys of openai: access: keys')
  expect(await told(`${keyed}, access: keys`)).toBe('')
  expect(await told(keyed, '127.0.0.1:9347')).toBe('')
  expect(await told('providers: {gemini: {}}')).toBe('')
})

test('what was set for Invariant and is not used is told to who asks to be like it', async () => {
  const environment = { GUARDRAILS_API_URL: 'http://a', INVARIANT_API_URL: 'http://b' }
  const { played } = await served(['--like-invariant'], environment)
  expect(played.err).toContain('GUARDRAILS_API_URL is not used: rules are judged here')
  expect(played.err).toContain('INVARIANT_API_URL is not used')
  expect((await served([], environment)).played.err).toBe('')
  const texts = { '/srv/weir.yaml': 'projects: {p: {push: {url: $INVARIANT_API_URL}}}' }
  const pushed = await served(['--like-invariant'], environment, texts)
  expect(pushed.played.err).not.toContain('INVARIANT_API_URL')
})
