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
