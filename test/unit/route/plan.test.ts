import { expect, test } from 'bun:test'
import { Fault } from '../../../src/core/fault.ts'
import type { DialectName } from '../../../src/dialect/dialect.ts'
import { createProviders } from '../../../src/provider/provider.ts'
import { resolve } from '../../../src/route/plan.ts'

const providers = createProviders({
  one: { dialect: 'openai-chat', url: 'http://one', models: ['shared', 'gpt-oss', 'exact'] },
  two: { dialect: 'openai-chat', url: 'http://two', models: ['shared', 'exa*'] },
})

function leads(model: string, dialect: DialectName | null = 'openai-chat'): string {
  try {
    const target = resolve(model, dialect, providers)
    return `${target.provider.name} ${target.model}`
  } catch (error) {
    return error instanceof Fault ? error.code : String(error)
  }
}

test('a provider before a slash is the target, and the rest its model, slashes and all', () => {
  expect(leads('one/any')).toBe('one any')
  expect(leads('two/meta/llama-3')).toBe('two meta/llama-3')
  expect(leads('one/')).toBe('one ')
})

test('a bare name goes to the one that owns it, an exact name before one that fits', () => {
  expect(leads('gpt-5')).toBe('openai gpt-5')
  expect(leads('exact')).toBe('one exact')
  expect(leads('exactly')).toBe('two exactly')
  expect(leads('gpt-oss')).toBe('one gpt-oss')
})

test('a name of nobody, or of several, is refused and never guessed', () => {
  for (const model of ['unknown', 'shared', '', '/x', 'nobody/x', 'constructor', '__proto__/x']) {
    expect([model, leads(model)]).toEqual([model, 'unknown-model'])
  }
})

test('a model whose provider speaks otherwise is refused rather than misunderstood', () => {
  expect(leads('claude-x')).toBe('wrong-dialect')
  expect(leads('claude-x', 'anthropic')).toBe('anthropic claude-x')
  expect(leads('gpt-5', 'openai-responses')).toBe('openai gpt-5')
  expect(leads('claude-x', null)).toBe('anthropic claude-x')
})
