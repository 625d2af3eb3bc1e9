import { expect, test } from 'bun:test'
import { mostTitleLength, titleOf } from '../../../../src/trace/session/title.ts'
import { message, messages } from '../../../support/said.ts'

test('the first words of the user are the title, on one line', () => {
  expect(titleOf(messages('s:Be brief', 'u:  What\n is\tthis? ', 'a:That', 'u:And this?'))).toBe(
    'What is this?',
  )
  expect(titleOf(messages('s:Be brief', 'a:Hi'))).toBeNull()
  expect(titleOf([])).toBeNull()
})

test('what an agent puts before them is passed over, unless there is nothing else', () => {
  const reminder = '<system-reminder>\nRules\n</system-reminder>'
  expect(titleOf([message('user', reminder, 'Fix the test')])).toBe('Fix the test')
  expect(titleOf([message('user', reminder), message('user', 'Fix the test')])).toBe('Fix the test')
  expect(titleOf([message('user', '# AGENTS.md instructions for /app', 'Go')])).toBe('Go')
  expect(titleOf([message('user', reminder), message('assistant', 'Hm'), message('user', 'Go')])).toBe(
    '<system-reminder> Rules </system-reminder>',
  )
})

test('a long one is cut, and never within a character', () => {
  const long = 'x'.repeat(mostTitleLength)
  expect(titleOf([message('user', long)])).toBe(long)
  expect(titleOf([message('user', `${long}y`)])).toBe(`${'x'.repeat(mostTitleLength - 1)}…`)
  const pairs = titleOf([message('user', '😀'.repeat(mostTitleLength))])
  expect(pairs?.isWellFormed()).toBe(true)
  expect(pairs?.length).toBeLessThanOrEqual(mostTitleLength)
})
