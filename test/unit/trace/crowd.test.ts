import { expect, test } from 'bun:test'
import { createCrowd } from '../../../src/trace/crowd.ts'
import { createSecrets, maskBytes, maskText, openSecretLength } from '../../../src/trace/secrets.ts'
import { createRandom } from '../../support/random.ts'

const cookies = Array.from({ length: 6000 }, (_, at) => `canary-${at}-${(at * 7919) % 10_007}`)
const crowd = createSecrets(cookies)
const mask = (text: string, secrets: readonly string[]) =>
  createCrowd(secrets.map((secret) => Buffer.from(secret)))
    .mask(Buffer.from(text))
    .toString()

test('a few short secrets are looked for one by one, many or long ones together', () => {
  expect(createSecrets(cookies.slice(0, 64)).crowd).toBeNull()
  expect(createSecrets(cookies.slice(0, 65)).crowd).not.toBeNull()
  expect(createSecrets(['x'.repeat(8192)]).crowd).toBeNull()
  expect(createSecrets(['x'.repeat(8193)]).crowd).not.toBeNull()
})

test('of thousands of secrets each is hidden, and nothing else', () => {
  const text = `{"a":"${cookies.join('","')}","canary":"canary-none"}`
  const hidden = maskText(text, crowd)
  expect(hidden).toBe(
    `{"a":"${cookies.map(({ length }) => '*'.repeat(length)).join('","')}","canary":"canary-none"}`,
  )
  const clean = Buffer.from('canary-x canary-')
  expect(maskBytes(clean, crowd)).toBe(clean)
  expect(maskText('canary-x', crowd)).toBe('canary-x')
})

test('a secret is hidden wherever it stands, whole, and with what overlaps it', () => {
  const secrets = ['abcdefgh', 'efghijklmnop', 'abcdefghij', 'x'.repeat(100)]
  expect(mask('abcdefgh', secrets)).toBe('********')
  expect(mask('-abcdefghi-', secrets)).toBe('-********i-')
  expect(mask('-abcdefghij-', secrets)).toBe('-**********-')
  expect(mask('abcdefghijklmnop.', secrets)).toBe('****************.')
  expect(mask('abcdefg', secrets)).toBe('abcdefg')
  expect(mask(`-${'x'.repeat(100)}-`, secrets)).toBe(`-${'*'.repeat(100)}-`)
  expect(mask('', secrets)).toBe('')
  expect(mask('ä\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000', ['\u0000'.repeat(8)])).toBe('ä********')
})

test('in any text the same is hidden as by looking for each', () => {
  for (let seed = 0; seed < 300; seed++) {
    const random = createRandom(seed)
    const word = () => Array.from({ length: 8 + random.below(4) }, () => random.pick(['a', 'b'])).join('')
    const secrets = Array.from({ length: 1 + random.below(6) }, word)
    const text = Array.from({ length: 20 }, () => random.pick([...secrets, 'a', 'b', '-'])).join('')
    const hidden = mask(text, secrets)
    for (const secret of secrets) expect([seed, hidden.includes(secret)]).toEqual([seed, false])
    for (let at = 0; at < text.length; at++) {
      const isHidden = secrets.some((secret) => {
        const from = text.lastIndexOf(secret, at)
        return from !== -1 && from + secret.length > at
      })
      expect([seed, at, hidden[at]]).toEqual([seed, at, isHidden ? '*' : text[at]])
    }
  }
})

test('secrets that were made alike, to cost time, are hidden all the same', () => {
  const same = Array.from({ length: 500 }, (_, at) => `same-start-${'y'.repeat(at % 70)}-${at}-canary`)
  const hidden = mask(same.join(' '), same)
  expect(hidden).not.toContain('canary')
  const long = Array.from({ length: 4 }, (_, at) => `${'a'.repeat(63)}${at}-canary`)
  const costly = `${'a'.repeat(100_000)}${long.join(' ')}`
  expect(mask(costly, long)).not.toContain('canary')
  expect(mask(costly, long)).toHaveLength(costly.length)
})

test('of many secrets the start of the longest may always be at the end', () => {
  const longest = Math.max(...cookies.map(({ length }) => length))
  expect(openSecretLength(Buffer.from('z'.repeat(1000)), crowd)).toBe(longest - 1)
  expect(openSecretLength(Buffer.from('zz'), crowd)).toBe(2)
})
