import { expect, test } from 'bun:test'
import type { DialectName } from '../../../src/dialect/dialect.ts'
import { dialectNames } from '../../../src/dialect/dialect.ts'
import { stoppedBy } from '../../../src/dialect/stopped.ts'

test.each<[DialectName, unknown, readonly string[]]>([
  ['openai-chat', { choices: [{ finish_reason: 'stop' }, { finish_reason: 'stop' }] }, ['stop']],
  ['openai-chat', { choices: [{ finish_reason: 'stop' }, { finish_reason: 'length' }] }, ['stop', 'length']],
  ['openai-chat', { choices: [{ finish_reason: null }] }, []],
  ['openai-responses', { status: 'completed' }, ['completed']],
  [
    'openai-responses',
    { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } },
    ['max_output_tokens'],
  ],
  ['anthropic', { stop_reason: 'tool_use' }, ['tool_use']],
  ['anthropic', { stop_reason: null }, []],
  ['gemini', { candidates: [{ finishReason: 'MAX_TOKENS' }] }, ['MAX_TOKENS']],
  ['gemini', { promptFeedback: { blockReason: 'SAFETY' } }, ['SAFETY']],
])('%s: an answer %j was stopped by %j', (dialect, body, reasons) => {
  expect(stoppedBy(dialect, body)).toEqual(reasons)
})

test('what is no answer says nothing of its end, and nothing makes the reading throw', () => {
  for (const dialect of [...dialectNames, null]) {
    for (const body of [
      null,
      'text',
      7,
      [],
      {},
      { choices: 7, candidates: [null], status: {}, stop_reason: [] },
    ]) {
      expect(stoppedBy(dialect, body)).toEqual([])
    }
  }
})
