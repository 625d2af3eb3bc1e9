import { expect, test } from 'bun:test'
import { loadConfig, type Overrides } from '../../../src/config/load.ts'
import { problemText } from '../../../src/config/problem.ts'
import type { Config } from '../../../src/config/schema.ts'
import type { Environment } from '../../../src/config/server.ts'

const home = { HOME: '/home/ada' }

function loaded(text: string, environment: Environment = home, overrides: Overrides = {}): Config {
  const result = loadConfig(text, '/etc/weir/weir.yaml', environment, overrides)
  if (result.kind === 'loaded') return result.config
  throw new Error(result.problems.map(problemText).join('\n'))
}

function faults(text: string, environment: Environment = home, overrides: Overrides = {}): string[] {
  const result = loadConfig(text, 'weir.yaml', environment, overrides)
  return result.kind === 'loaded' ? [] : result.problems.map(problemText)
}

test('an empty configuration has every default', () => {
  for (const text of ['', '# nothing\n', '{}', '---\n']) {
    expect(loaded(text)).toEqual({
      listen: { host: '127.0.0.1', port: 9347 },
      data: '/home/ada/.local/state/weir',
      access: 'auto',
      insecure: false,
      log: 'info',
      projects: {},
      providers: {},
      timeouts: {
        firstByteMs: 600_000,
        idleMs: 300_000,
        clientIdleMs: 600_000,
        requestBodyMs: 60_000,
        drainMs: 30_000,
      },
      whenClientLeaves: 'cancel',
      keepAliveMs: 0,
      rules: [],
      judging: {
        header: 'local',
        precedence: 'first',
        history: 'new',
        tell: false,
        waitMs: 10_000,
        holdMs: 500,
        keepAliveMs: 5_000,
        mostHeldBytes: 8_388_608,
        mostWaitingBytes: 67_108_864,
        limits: {
          evaluations: 1_000_000,
          milliseconds: 1_000,
          depth: 50,
          size: 4_000_000,
          memory: 16_000_000,
          regexSteps: 20_000_000,
          violations: 1_000,
          rounds: 16,
        },
      },
      limits: { openExchanges: 10_000, requestBodyBytes: 67_108_864, headerBytes: 65_536 },
      traces: loaded('').traces,
      ledger: { refresh: 'never', includeUsage: false, estimate: true },
      detectors: { pii: 'builtin', secrets: 'builtin', python_code: 'builtin' },
    })
  }
})

test('a map whose lines are all commented out counts as empty', () => {
  expect(loaded('timeouts:\n  # idleMs: 1\nproviders:\n  openai:\nprojects:\n  a:\n')).toMatchObject({
    timeouts: { idleMs: 300_000 },
    providers: { openai: {} },
    projects: { a: { rules: [] } },
  })
})

test('the result is frozen to its depth', () => {
  const config = loaded('providers: {openai: {models: [a]}}')
  expect(Object.isFrozen(config)).toBe(true)
  expect(Object.isFrozen(config.timeouts)).toBe(true)
  expect(Object.isFrozen(config.providers['openai']?.models)).toBe(true)
})

test('variables are put into values, and a double dollar is a dollar', () => {
  const text =
    'providers:\n  openai:\n    key: $KEY\n    url: https://${HOST}/v1$$\n    headers: {x-a: "a$"}\n'
  const config = loaded(text, { ...home, KEY: 'k1', HOST: 'example.org' })
  expect(config.providers['openai']).toEqual({
    key: 'k1',
    url: 'https://example.org/v1$',
    headers: { 'x-a': 'a$' },
  })
})

test('what a variable holds is not searched for variables', () => {
  expect(loaded('token: $T', { ...home, T: 'a-$HOME-$$-${X}-long' }).token).toBe('a-$HOME-$$-${X}-long')
})

test('a variable may be a number or a truth value where one is wanted', () => {
  const text = 'insecure: $YES\nlimits: {openExchanges: $MANY}\nproviders: {openai: {key: $MANY}}'
  const config = loaded(text, { ...home, YES: 'true', MANY: '12' })
  expect(config.insecure).toBe(true)
  expect(config.limits.openExchanges).toBe(12)
  expect(config.providers['openai']?.key).toBe('12')
})

test('a missing variable is told with its key, its name and its line', () => {
  expect(faults('log: info\nproviders:\n  openai:\n    key: $NOPE\n    url: ${A}${B}\n')).toEqual([
    'weir.yaml:4: providers.openai.key: the environment variable NOPE is not set',
    'weir.yaml:5: providers.openai.url: the environment variable A is not set',
    'weir.yaml:5: providers.openai.url: the environment variable B is not set',
  ])
  expect(faults('token: ${no name}')).toEqual([
    'weir.yaml:1: token: "${no name}" is not the name of an environment variable (a plain dollar is written $$)',
  ])
})

test('files count from the folder of the configuration', () => {
  const config = loaded('data: state\ntls: {cert: a.pem, key: /b.pem}\nproviders: {openai: {ca: ../ca.pem}}')
  expect(config.data).toBe('/etc/weir/state')
  expect(config.tls).toEqual({ cert: '/etc/weir/a.pem', key: '/b.pem' })
  expect(config.providers['openai']?.ca).toBe('/etc/ca.pem')
})

test('the folder of the traces follows the environment, and its lack is told', () => {
  expect(loaded('', { HOME: '/h', XDG_STATE_HOME: '/s' }).data).toBe('/s/weir')
  expect(loaded('', { HOME: '/h', XDG_STATE_HOME: 'relative' }).data).toBe('/h/.local/state/weir')
  expect(faults('', {})).toEqual([
    'weir.yaml:1: data: is missing, and neither XDG_STATE_HOME nor HOME says where it could be',
  ])
})

test('arguments replace what the file says, and are named when they are wrong', () => {
  const text = 'listen: nonsense\ndata: $NOPE\n'
  expect(
    loaded(text, home, { listen: ':0', data: '/d', token: 'sixteen-letters-', insecure: true }),
  ).toMatchObject({
    listen: { host: '0.0.0.0', port: 0 },
    data: '/d',
    token: 'sixteen-letters-',
    insecure: true,
  })
  expect(faults('log: info\n', home, { listen: 'nonsense' })[0]).toStartWith(
    'arguments: listen: must be host:port',
  )
  expect(faults('log: info\n', home, { listen: ':1' })[0]).toStartWith(
    'arguments: token: is missing: others can',
  )
})

test('an address that others reach needs a token, unless told to be insecure', () => {
  expect(faults('\nlisten: 0.0.0.0:1')).toEqual([
    'weir.yaml:2: token: is missing: others can reach 0.0.0.0, so /api and the explorer need a token ' +
      '(or access: keys, or insecure: true, or --insecure)',
  ])
  expect(faults('listen: "[::1]:1"')).toEqual([])
  expect(faults('listen: 127.9.9.9:1')).toEqual([])
  expect(faults('listen: localhost:1')).toEqual([])
  expect(faults('listen: :1\ninsecure: true')).toEqual([])
  expect(faults('listen: :1\ntoken: 0123456789abcdef')).toEqual([])
  expect(faults('listen: :1\naccess: keys')).toEqual([])
  // Too short a token is one problem, not two.
  expect(faults('listen: :1\ntoken: short')).toHaveLength(1)
})

test('all problems are told at once, each with its line, in the order of the file', () => {
  const text = `listen: 127.0.0.1:99999
log: inf
timeouts:
  idelMs: 5
  firstByteMs: fast
providers:
  openai:
    dialect: opnai-chat
  own:
    key: secret
  API: {}
  api: {}
traces: 7
limits: {openExchanges: 0, headerBytes: 1.5}
colour: true
`
  expect(faults(text)).toEqual([
    'weir.yaml:1: listen: must be host:port, [address]:port, :port for every address, or a port alone for 127.0.0.1 (0 to 65535), is "127.0.0.1:99999"',
    'weir.yaml:2: log: must be one of debug, info, warn, error, is "inf"; did you mean "info"?',
    'weir.yaml:4: timeouts.idelMs: is unknown; did you mean "idleMs"?',
    'weir.yaml:5: timeouts.firstByteMs: must be a whole number from 1 to 86400000, is "fast"',
    'weir.yaml:8: providers.openai.dialect: must be one of openai-chat, openai-responses, anthropic, gemini, or a list of them, is "opnai-chat"; did you mean "openai-chat"?',
    'weir.yaml:9: providers.own.dialect: is missing: "own" is not built in (openai, anthropic, gemini, demo are), so it must be told',
    'weir.yaml:9: providers.own.url: is missing: "own" is not built in (openai, anthropic, gemini, demo are), so it must be told',
    expect.stringMatching(/^weir.yaml:11: providers.API: is not the name of a provider: lower-case/),
    expect.stringMatching(/^weir.yaml:12: providers.api: is not the name of a provider: lower-case/),
    'weir.yaml:13: traces: must be a map of keys, is 7',
    'weir.yaml:14: limits.openExchanges: must be a whole number from 1 to 65535, is 0',
    'weir.yaml:14: limits.headerBytes: must be a whole number from 1024 to 1048576, is 1.5',
    expect.stringMatching(/^weir.yaml:15: colour: is unknown; known here: listen, data, /),
  ])
})

test('fields of a provider that do not fit each other are told', () => {
  const text = `providers:
  openai: {models: [gpt-5, o-*], cert: a.pem}
  gemini:
    models:
      - gpt-5
      - a*b
    certKey: b.pem
    headers:
      Host: x
      "bad name": y
`
  expect(faults(text)).toEqual([
    'weir.yaml:2: providers.openai.certKey: is missing: cert needs it',
    'weir.yaml:6: providers.gemini.models[1]: must be the name of a model; only its end may be *, is "a*b"',
    'weir.yaml:7: providers.gemini.cert: is missing: certKey needs it',
    'weir.yaml:9: providers.gemini.headers.Host: cannot be set: Weir sets it itself',
    'weir.yaml:10: providers.gemini.headers."bad name": is not the name of a header',
  ])
  expect(faults('providers:\n  openai: {models: [a]}\n  demo:\n    models: [b, b, a]\n')).toEqual([
    'weir.yaml:4: providers.demo.models[1]: "b" already belongs to this provider',
    'weir.yaml:4: providers.demo.models[2]: "a" already belongs to providers.openai',
  ])
})

test('no message shows a secret, wherever it was written', () => {
  const secret = 'sk-canary-0123456789'
  const environment = { ...home, KEY: `${secret} `, URL: `ftp://${secret}` }
  const texts = [
    `token: "${secret} "`,
    `providers: {openai: {key: "${secret} "}}`,
    `providers: {openai: {key: [${secret}]}}`,
    `providers: {openai: {key: {a: ${secret}}}}`,
    `providers: {openai: {ky: ${secret}}}`,
    `providers: {openai: ${secret}}`,
    `providers: ${secret}`,
    `providers: [${secret}]`,
    `${secret}`,
    `openai: ${secret}`,
    `providers: {openai: {headers: {authorization: "${secret}\\n"}}}`,
    `providers: {openai: {headers: ${secret}}}`,
    `providers: {openai: {key: $KEY, url: $URL}}`,
    `tls: {cert: "${secret}\\n", key: "${secret}\\n"}`,
    `tls: ${secret}`,
    `providers: {openai: {cert: "${secret}\\n", certKey: "a\\n${secret}"}}`,
    `providers: {openai: {url: "https://user:${secret}@host/?key=${secret}"}}`,
    `providers: {openai: {proxy: "socks5://user:${secret}@host"}}`,
    `providers: {openai: {key: ${secret}: x}}`,
  ]
  for (const text of texts) {
    const told = faults(text, environment)
    expect(told).not.toEqual([])
    expect(told.join('\n')).not.toContain('canary')
  }
  expect(faults(`providers: {openai: {key: "${secret} "}}`)).toEqual([
    'weir.yaml:1: providers.openai.key: must be text without spaces, which it is not (the value stays hidden)',
  ])
  expect(faults('providers: {openai: {url: $URL}}', environment)[0]).toEndWith('and has no query, is $URL')
})

test('a key given twice is told with its second line', () => {
  expect(faults('log: info\nproviders:\n  openai: {}\n  openai: {}\nlog: warn\n')).toEqual([
    'weir.yaml:4: providers.openai: is given twice',
    'weir.yaml:5: log: is given twice',
  ])
})

test('JSON is as good as YAML', () => {
  expect(loaded(JSON.stringify({ listen: 1234, log: 'warn' }, null, 2)).listen.port).toBe(1234)
  expect(faults('{\n "log": "warn",\n "lisen": 1\n}')).toEqual([
    'weir.yaml:3: lisen: is unknown; did you mean "listen"?',
  ])
})

test('a text that is no YAML is told with the line where it stops being any', () => {
  expect(faults('log: info\nproviders:\n  openai: [1,\nlisten: 5')[0]).toStartWith(
    'weir.yaml:3: is no YAML here: ',
  )
  expect(faults('log: info\n\n# c\ntoken: "abc\nlisten: 5\n')[0]).toStartWith('weir.yaml:4: ')
  expect(faults('log: info\n\tlisten: 5\n')[0]).toStartWith('weir.yaml:2: ')
  expect(faults('{\n"log": "in}fo",\n"data": "x" "y"\n}')[0]).toStartWith('weir.yaml:3: ')
  expect(faults('@')[0]).toStartWith('weir.yaml:1: ')
  expect(faults('- a\n- b')).toEqual(['weir.yaml:1: must be one map of keys'])
  expect(faults('a: 1\n---\nb: 2')).toEqual(['weir.yaml:1: must be one map of keys'])
})

test('a policy is found from the folder of the configuration, wherever it is named', () => {
  const text = 'rules: [{file: a.policy}]\nprojects: {shop: {rules: [{file: ../b.policy, action: log}]}}\n'
  const { rules, projects } = loaded(text)
  const standard = { action: 'block', mode: 'hold', on: 'both', onError: 'block', strict: false } as const
  expect(rules).toEqual([{ ...standard, file: '/etc/weir/a.policy' }])
  expect(projects['shop']?.rules).toEqual([{ ...standard, file: '/etc/b.policy', action: 'log' }])
})

test('what is wrong with a rule is told at its place', () => {
  const text = 'rules:\n  - file: a\n    action: blok\n  - mode: hold\n    input: {data: 1}\n'
  expect(faults(text)).toEqual([
    'weir.yaml:3: rules[0].action: must be one of block, log, mask, steer, flag, is "blok"; did you mean "block"?',
    'weir.yaml:4: rules[1].file: is missing: a file',
    'weir.yaml:5: rules[1].input.data: is not the name of a parameter: letters, digits and _, and none of data, metadata, action',
  ])
})

test('a project is pushed under its own name, unless a remote cannot have such a name', () => {
  const push = "push: {url: 'https://explorer.example'}"
  expect(loaded(`projects: {shop: {${push}}}`).projects['shop']?.push).toEqual({
    url: 'https://explorer.example',
    when: 'like-invariant',
    mostEntries: 100_000,
    mostBytes: 1024 ** 3,
  })
  expect(faults(`projects:\n  my.shop: {${push}}`)).toEqual([
    expect.stringMatching(/^weir\.yaml:2: projects.*my\.shop.*push\.dataset: is missing/),
  ])
  const named = "push: {url: 'https://explorer.example', dataset: my-shop}"
  expect(loaded(`projects: {my.shop: {${named}}}`).projects['my.shop']?.push?.dataset).toBe('my-shop')
})

test('the address of a remote has no credentials in it, and its key is not told', () => {
  const push = "{url: 'https://me:secret-word@explorer.example', key: 'a secret-word'}"
  const wrong = faults(`projects: {shop: {push: ${push}}}`)
  expect(wrong).toEqual([
    expect.stringContaining('projects.shop.push.url: must be'),
    expect.stringContaining('projects.shop.push.key: must be'),
  ])
  expect(wrong[1]).not.toContain('secret-word')
})
