import { expect, test } from 'bun:test'
import { banner } from '../../../src/cli/banner.ts'

const facts = {
  url: 'http://127.0.0.1:9347',
  traces: '/home/ada/.local/state/weir',
  providers: ['openai', 'anthropic', 'gemini', 'demo'],
  typed: 'bun run weir',
}

test('the banner is short, and plain where colours are not wanted', () => {
  const text = banner({ ...facts, color: false })
  const lines = text.split('\n')
  expect(lines.length).toBeLessThan(25)
  for (const line of lines) expect(line.length).toBeLessThan(100)
  expect(text).not.toContain('\x1b')
  expect(Bun.stripANSI(banner({ ...facts, color: true }))).toBe(text)
})

test('the banner tells where to send, where to look and what to set', () => {
  const text = banner({ ...facts, color: false })
  expect(text).toContain('http://127.0.0.1:9347/v1/chat/completions')
  expect(text).toContain('export OPENAI_BASE_URL=http://127.0.0.1:9347/openai/v1\n')
  expect(text).toContain('export ANTHROPIC_BASE_URL=http://127.0.0.1:9347/anthropic\n')
  expect(text).toContain('export GOOGLE_GEMINI_BASE_URL=http://127.0.0.1:9347/gemini\n')
  expect(text).toContain('/home/ada/.local/state/weir')
  expect(text).toContain('bun run weir traces follow\n')
})

test('the curl lines are one command whose body is JSON for the demo model', () => {
  const text = banner({ ...facts, color: false })
  const command = /curl -N (.*) \\\n\s+-d '(.*)'/.exec(text)
  expect(JSON.parse(command?.[2] ?? '')).toMatchObject({ model: 'demo/human', stream: true })
})
