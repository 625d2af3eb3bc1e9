import { expect, test } from 'bun:test'
import { answering, asking, reason } from '../../../../support/guard/detecting.ts'

const url = 'http://127.0.0.1:1/scan'

test('code goes with its language, and issues come as semgrep prints them, or plain', async () => {
  const results = [
    { check_id: 'a.b', extra: { message: 'eval is evil', severity: 'ERROR' } },
    { description: 'plain', severity: 'warning' },
    { check_id: 'a.c', extra: {} },
  ]
  const { asked, fetch } = answering(() => ({ results, errors: [] }))
  const [found] = await asking('semgrep', { url }, { fetch })(['eval(x)'], { lang: 'python' })
  expect(found?.value).toEqual([
    { description: 'eval is evil', severity: 'error' },
    { description: 'plain', severity: 'warning' },
    { description: 'a.c', severity: 'info' },
  ])
  expect(asked).toEqual([{ code: 'eval(x)', language: 'python' }])
})

test('a language that is not configured is a failure, and so is code that is too long', async () => {
  const { asked, fetch } = answering(() => [])
  const scan = asking('semgrep', { url, languages: ['go'], maxCharacters: 1000 }, { fetch })
  for (const lang of ['python', '', '--config=http://canary', undefined]) {
    expect(await reason(scan(['a'], { lang }))).toBe('its language is not one of those that are configured')
  }
  expect(await reason(scan(['x'.repeat(1001)], { lang: 'go' }))).toBe(
    'the code is longer than 1000 characters',
  )
  expect(asked).toEqual([])
  expect(await scan(['x'], { lang: 'go' })).toEqual([{ findings: [], value: [] }])
})

test('an answer of the wrong shape is a failure, not code without issues', async () => {
  for (const answer of [null, {}, { results: {} }, 'canary']) {
    const scan = asking(
      'semgrep',
      { url },
      answering(() => answer),
    )
    expect(await reason(scan(['a'], { lang: 'python' }))).toBe('its answer is no list of results')
  }
  const scan = asking(
    'semgrep',
    { url },
    answering(() => [{}]),
  )
  expect(await reason(scan(['a'], { lang: 'python' }))).toBe('one of its results has no message')
})
