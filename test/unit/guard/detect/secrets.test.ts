import { expect, test } from 'bun:test'
import { entropyOf } from '../../../../src/guard/detect/secrets/assigned.ts'
import { secretsDetector } from '../../../../src/guard/detect/secrets.ts'

/** Made up, and put together here so that nobody's scanner takes them for real. */
const letters = (length: number): string => 'aB3dE6gH9jK2mN5p'.repeat(20).slice(0, length)
const hex = (length: number): string => '0123456789abcdef'.repeat(20).slice(0, length)
const upper = (length: number): string => 'Q7W3E9R5T1Y8U2I6'.repeat(20).slice(0, length)

const samples: readonly (readonly [kind: string, value: string, tooShort?: string])[] = [
  ['GITHUB_TOKEN', `ghp_${letters(36)}`, `ghp_${letters(35)}`],
  ['GITHUB_TOKEN', `github_pat_${letters(60)}`, `github_pat_${letters(21)}`],
  ['AWS_ACCESS_KEY', `AKIA${upper(16)}`, `AKIA${upper(15)}`],
  ['AWS_ACCESS_KEY', `A3TX${upper(16)}`, `A3TX${upper(15)}`],
  ['AZURE_STORAGE_KEY', `AccountKey=${letters(86)}==`, `AccountKey=${letters(85)}==`],
  ['SLACK_TOKEN', `xoxb-123-456-${letters(12)}`, 'xoxb-abc'],
  [
    'SLACK_TOKEN',
    `https://hooks.slack.com/services/T123/B456/${letters(24)}`,
    'https://hooks.slack.com/services/T1/C2',
  ],
  ['ANTHROPIC_API_KEY', `sk-ant-api03-${letters(80)}`, 'sk-ant-api03'],
  ['OPENAI_API_KEY', `sk-proj-${letters(60)}`, 'sk-proj-abc'],
  ['OPENAI_API_KEY', `sk-${letters(48)}`, `sk-${letters(20)}`],
  ['OPENROUTER_API_KEY', `sk-or-v1-${hex(64)}`, `sk-or-v1-${hex(63)}`],
  ['GOOGLE_API_KEY', `AIza${letters(35)}`, `AIza${letters(34)}`],
  ['GROQ_API_KEY', `gsk_${letters(52)}`, `gsk_${letters(39)}`],
  ['HUGGINGFACE_TOKEN', `hf_${letters(34)}`, `hf_${letters(29)}`],
  ['STRIPE_KEY', `sk_live_${letters(24)}`, `sk_live_${letters(15)}`],
  ['GITLAB_TOKEN', `glpat-${letters(20)}`, `glpat-${letters(19)}`],
  ['NPM_TOKEN', `npm_${letters(36)}`, `npm_${letters(35)}`],
  ['PYPI_TOKEN', `pypi-AgE${letters(60)}`, `pypi-AgE${letters(40)}`],
  ['DOCKER_TOKEN', `dckr_pat_${letters(27)}`, `dckr_pat_${letters(23)}`],
  ['DIGITALOCEAN_TOKEN', `dop_v1_${hex(64)}`, `dop_v1_${hex(63)}`],
  ['SENDGRID_API_KEY', `SG.${letters(22)}.${letters(43)}`, `SG.${letters(15)}.${letters(43)}`],
  ['MAILGUN_API_KEY', `key-${hex(32)}`, `key-${hex(31)}`],
  ['TWILIO_API_KEY', `SK${hex(32)}`, `SK${hex(31)}`],
  ['SHOPIFY_TOKEN', `shpat_${hex(32)}`, `shpat_${hex(31)}`],
  ['DATABRICKS_TOKEN', `dapi${hex(32)}`, `dapi${hex(31)}`],
  ['ATLASSIAN_TOKEN', `ATATT3${letters(100)}`, `ATATT3${letters(40)}`],
  ['LINEAR_API_KEY', `lin_api_${letters(40)}`, `lin_api_${letters(39)}`],
  ['NOTION_TOKEN', `ntn_${letters(46)}`, `ntn_${letters(39)}`],
  ['VAULT_TOKEN', `hvs.${letters(24)}`, `hvs.${letters(23)}`],
  ['AGE_SECRET_KEY', `AGE-SECRET-KEY-1${upper(58)}`, `AGE-SECRET-KEY-1${upper(57)}`],
  ['XAI_API_KEY', `xai-${letters(80)}`, `xai-${letters(59)}`],
  ['PERPLEXITY_API_KEY', `pplx-${letters(48)}`, `pplx-${letters(39)}`],
  ['REPLICATE_TOKEN', `r8_${letters(37)}`, `r8_${letters(36)}`],
  ['JWT', `eyJ${letters(20)}.eyJ${letters(40)}.${letters(43)}`, `eyJ${letters(20)}.eyJ${letters(40)}`],
  [
    'PRIVATE_KEY',
    `-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n${letters(64)}\n-----END RSA PRIVATE KEY-----`,
    '-----BEGIN PUBLIC KEY-----',
  ],
  ['URL_PASSWORD', '://ada:s3cr3t@', '://ada@'],
]

function found(text: string) {
  return secretsDetector.detect(text, {}).findings
}

test.each(samples.map(([kind, value, short]) => ({ kind, value, short })))(
  '$kind is told by how it begins, at its own place, and not when it is too short',
  ({ kind, value, short }) => {
    const host = kind === 'URL_PASSWORD' ? 'db.example' : ''
    for (const before of ['', '😀 ', 'é"', '日本: ', '\n', '(']) {
      for (const after of ['', ' ', '\n', '"', '😀', ')']) {
        const text = `${before}${value}${host}${after}`
        expect([text, found(text)]).toEqual([
          text,
          [{ kind, start: before.length, end: before.length + value.length }],
        ])
      }
    }
    if (short !== undefined) expect(found(`: ${short}`)).toEqual([])
  },
)

test('every sort has a sample here', () => {
  const tested = new Set(samples.map(([kind]) => kind))
  expect(secretsDetector.kinds.filter((kind) => !tested.has(kind))).toEqual(['GENERIC_SECRET'])
})

test.each([
  ['password = "hunter22x9"', 'hunter22x9'],
  ['"api_key": "9f8e7d6c5b4a3f2e1d"', '9f8e7d6c5b4a3f2e1d'],
  ['API-KEY: k3jh5g6f7d8s9a0qw1e2', 'k3jh5g6f7d8s9a0qw1e2'],
  ["db.private_key := 'Zx9-Cv8_Bn7.Mq6/Lk5'", 'Zx9-Cv8_Bn7.Mq6/Lk5'],
  ['SECRET_TOKEN=a1b2c3d4e5f6g7h8i9', 'a1b2c3d4e5f6g7h8i9'],
  ['Authorization token => "tok3n9v8b7n6m5l4k3"', 'tok3n9v8b7n6m5l4k3'],
])('a value that looks random is told by its name: %s', (text, value) => {
  const start = text.indexOf(value)
  expect(found(text)).toEqual([{ kind: 'GENERIC_SECRET', start, end: start + value.length }])
})

test.each([
  'password = "changeme123"',
  'password = os.environ["DATABASE_PASSWORD_1"]',
  'token = get_token_from_server1(x)',
  'api_key: ${API_KEY_FROM_ENV_9}',
  'secret = "your-secret-key-goes-here-1"',
  'token: abcdefghijklmnopqrstuvwxyz',
  'the password is hard to guess',
  'password: correct',
  'max_tokens = 4096',
  'token="aaaaaaaaaaaaaaa1"',
  'secret=',
])('what is no value, or no random one, is none: %s', (text) => {
  expect(found(text)).toEqual([])
})

test("the secret half of Amazon's keys is told by its name, quoted or not", () => {
  const value = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYzzzzzzzzzz'
  for (const text of [`aws_secret_access_key = ${value}`, `AWS secret token: "${value}"`]) {
    const start = text.indexOf(value)
    expect(found(text)).toEqual([{ kind: 'AWS_ACCESS_KEY', start, end: start + 40 }])
  }
  expect(found(`commit key ${value}`)).toEqual([])
  expect(found(`aws key ${value}z`)).toEqual([])
})

test('a span is told once, by the sort that knows it best', () => {
  const key = `sk-ant-api03-${letters(80)}`
  expect(found(`api_key = "${key}"`).map(({ kind }) => kind)).toEqual(['ANTHROPIC_API_KEY'])
  expect(found(`token: ghp_${letters(36)}`).map(({ kind }) => kind)).toEqual(['GITHUB_TOKEN'])
})

test("the original's sorts are found in the middle of a word, the others at its start", () => {
  expect(found(`xghp_${letters(36)}`)).toHaveLength(1)
  expect(found(`xhf_${letters(34)}`)).toEqual([])
})

test('several in one text come in its order', () => {
  const text = `AKIA${upper(16)} hf_${letters(34)} ghp_${letters(36)}`
  expect(found(text).map(({ kind }) => kind)).toEqual(['AWS_ACCESS_KEY', 'HUGGINGFACE_TOKEN', 'GITHUB_TOKEN'])
})

test('beyond ten thousand the rest of the text is one finding', () => {
  const text = `AKIA${upper(16)} `.repeat(10_010)
  const findings = found(text)
  expect(findings).toHaveLength(10_001)
  expect(findings.at(-1)?.end).toBe(text.length)
})

test('entropy is in bits for each character', () => {
  expect(entropyOf('aaaa')).toBe(0)
  expect(entropyOf('abab')).toBe(1)
  expect(entropyOf('abcd')).toBe(2)
  expect(entropyOf('')).toBe(0)
})
