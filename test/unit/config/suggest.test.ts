import { expect, test } from 'bun:test'
import { suggest } from '../../../src/config/suggest.ts'

const known = ['providers', 'projects', 'timeouts', 'traces', 'tls', 'log']

test('a letter too many, too few, wrong or swapped still finds the word', () => {
  expect(suggest('provider', known)).toBe('providers')
  expect(suggest('provviders', known)).toBe('providers')
  expect(suggest('prejects', known)).toBe('projects')
  expect(suggest('tarces', known)).toBe('traces')
  expect(suggest('TLS', known)).toBe('tls')
  expect(suggest('lgo', known)).toBe('log')
})

test('the begin of a word finds it', () => {
  expect(suggest('prov', known)).toBe('providers')
  expect(suggest('time', known)).toBe('timeouts')
})

test('a word like none finds none', () => {
  expect(suggest('colour', known)).toBeNull()
  expect(suggest('x', known)).toBeNull()
  expect(suggest('', known)).toBeNull()
  expect(suggest('pr', known)).toBeNull()
})
