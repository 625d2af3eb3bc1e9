import { expect, test } from 'bun:test'
import { readPem } from '../../../src/cli/pem.ts'

test('a key in place of its path is not told back', () => {
  const told = () => readPem('/etc/weir/-----BEGIN PRIVATE KEY-----MIIE')
  expect(told).toThrow('must be the path of a file')
  expect(told).not.toThrow('MIIE')
})

test('a file that is missing is named', () => {
  expect(() => readPem('/nowhere/key.pem')).toThrow('/nowhere/key.pem')
})
