import { expect, test } from 'bun:test'
import {
  createSecrets,
  createSecretsOf,
  maskBytes,
  maskText,
  openSecretLength,
} from '../../../src/trace/secrets.ts'

const key = 'sk-abcdef123456'
const secrets = createSecrets([key])
const stars = '*'.repeat(key.length)

test('a secret is overwritten wherever it is, by as many asterisks', () => {
  const text = `${key} and ${key}${key}`
  expect(maskText(text, secrets)).toBe(`${stars} and ${stars}${stars}`)
  expect(maskBytes(Buffer.from(text), secrets).toString()).toBe(`${stars} and ${stars}${stars}`)
})

test('bytes without a secret are handed back as they are, bytes with one are copied', () => {
  const clean = Buffer.from('nothing here')
  expect(maskBytes(clean, secrets)).toBe(clean)
  const dirty = Buffer.from(`a ${key}`)
  expect(maskBytes(dirty, secrets)).not.toBe(dirty)
  expect(dirty.toString()).toBe(`a ${key}`)
})

test('a secret is found in the forms that JSON and addresses give it', () => {
  const odd = createSecrets(['pass"word/+ä'])
  expect(maskText(JSON.stringify({ a: 'pass"word/+ä' }), odd)).not.toContain('word')
  expect(maskText(`?key=${encodeURIComponent('pass"word/+ä')}`, odd)).not.toContain('word')
})

test('a secret under 8 characters is text', () => {
  expect(maskText('the demo1 model', createSecrets(['demo1']))).toBe('the demo1 model')
  expect(maskText('12345678', createSecrets(['12345678']))).toBe('********')
  expect(maskText('1234567', createSecrets(['1234567']))).toBe('1234567')
})

test('of two secrets in one another the longer is hidden whole', () => {
  const both = createSecrets([key, `Bearer ${key}`])
  expect(maskText(`Bearer ${key}.`, both)).toBe(`${'*'.repeat(key.length + 7)}.`)
})

test('the start of a secret at the end of bytes is seen at every length', () => {
  for (let length = 0; length < key.length; length++) {
    expect(openSecretLength(Buffer.from(`text ${key.slice(0, length)}`), secrets)).toBe(length)
  }
  expect(openSecretLength(Buffer.from('sk-abcdx'), secrets)).toBe(0)
  expect(openSecretLength(Buffer.from('ss'), secrets)).toBe(1)
  expect(openSecretLength(Buffer.from('sk-abc'), createSecrets([]))).toBe(0)
})

test('a list of secrets is made ready once, and others are not taken for it', () => {
  const secretsOf = createSecretsOf()
  const one = secretsOf(['Bearer one-key', 'one-key'])
  expect(secretsOf(['Bearer one-key', 'one-key'])).toBe(one)
  expect(secretsOf(['Bearer one-key'])).not.toBe(one)
  expect(secretsOf(['Bearer two-key', 'two-key']).texts).toEqual(
    createSecrets(['Bearer two-key', 'two-key']).texts,
  )
})

test('of many lists of secrets not all are held', () => {
  const secretsOf = createSecretsOf()
  const first = secretsOf(['secret-number-0'])
  for (let number = 1; number <= 1024; number++) secretsOf([`secret-number-${number}`])
  expect(secretsOf(['secret-number-0'])).not.toBe(first)
  const long = Array.from({ length: 9 }, (_, at) => `cookie-number-${at}`)
  expect(secretsOf(long)).not.toBe(secretsOf(long))
})
