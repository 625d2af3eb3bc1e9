import { expect, test } from 'bun:test'
import { loadConfig } from '../../../src/config/load.ts'
import { problemText } from '../../../src/config/problem.ts'

const environment = { HOME: '/home/ada', KEY: 'canary-key' }

function faults(text: string): string[] {
  const result = loadConfig(text, 'weir.yaml', environment)
  return result.kind === 'loaded' ? [] : result.problems.map(problemText)
}

function loaded(text: string) {
  const result = loadConfig(text, 'weir.yaml', environment)
  if (result.kind === 'loaded') return result.config.detectors
  throw new Error(result.problems.map(problemText).join('\n'))
}

test('what is not said has its default, within the map of a detector too', () => {
  expect(loaded('detectors:\n  pii:\n    url: http://127.0.0.1:5002/analyze\n')).toMatchObject({
    secrets: 'builtin',
    pii: { kind: 'presidio', language: 'en', threshold: 0.5, maxConcurrent: 4, timeoutMs: 5000 },
  })
  expect(loaded('detectors:\n  pii: builtin\n').pii).toBe('builtin')
  expect(loaded('detectors:\n  llm:\n    target: demo/echo\n').moderated).toBeUndefined()
})

test('a fault within the map of a detector is told with its key, not as one of the whole map', () => {
  expect(faults('detectors:\n  pii:\n    url: http://127.0.0.1/\n    treshold: 1\n')).toEqual([
    'weir.yaml:4: detectors.pii.treshold: is unknown; did you mean "threshold"?',
  ])
  expect(faults('detectors:\n  pii:\n    url: ftp://a\n    threshold: 2\n')).toEqual([
    'weir.yaml:3: detectors.pii.url: must be an address that begins with http:// or https://, without a query and without a password, is "ftp://a"',
    'weir.yaml:4: detectors.pii.threshold: must be a number from 0 to 1, is 2',
  ])
  expect(faults('detectors:\n  pii: presidio\n')).toEqual([
    'weir.yaml:2: detectors.pii: must be "builtin" or a map of keys, is "presidio"',
  ])
  expect(faults('detectors:\n  pii: {}\n')).toEqual([
    'weir.yaml:2: detectors.pii.url: is missing: an address that begins with http:// or https://, without a query and without a password',
  ])
  expect(faults('detectors:\n  moderate:\n    url: http://a\n')).toEqual([
    'weir.yaml:2: detectors.moderate: is unknown; did you mean "moderated"?',
  ])
})

test('a key is never shown, wherever it is wrong', () => {
  const text = 'detectors:\n  pii:\n    url: http://127.0.0.1/\n    key: "canary-key with spaces"\n'
  expect(faults(text)).toEqual([
    'weir.yaml:4: detectors.pii.key: must be text without spaces, which it is not (the value stays hidden)',
  ])
  const header =
    'detectors:\n  ocr:\n    url: http://127.0.0.1/\n    headers:\n      x-team: "a\\nb"\n    env: {A: "canary\\0"}\n'
  expect(faults(header).join()).not.toContain('canary')
  expect(faults('detectors:\n  pii:\n    url: http://ada:canary@host/\n').join()).not.toContain('canary')
})

test('semgrep and ocr need a command or an address, and nothing that belongs to the other', () => {
  expect(faults('detectors:\n  ocr: {}\n')).toEqual(['weir.yaml:2: detectors.ocr: needs a command or a url'])
  expect(faults('detectors:\n  ocr:\n    command: [a]\n    url: http://a\n')).toEqual([
    'weir.yaml:4: detectors.ocr.url: cannot be set beside command: one of them answers',
  ])
  expect(faults('detectors:\n  semgrep:\n    command: [a]\n    key: k\n')).toEqual([
    'weir.yaml:4: detectors.semgrep.key: has no effect: it belongs to a url',
  ])
  expect(faults('detectors:\n  semgrep:\n    url: http://a\n    env: {A: b}\n')).toEqual([
    'weir.yaml:4: detectors.semgrep.env: has no effect: it belongs to a command',
  ])
  expect(faults('detectors:\n  semgrep:\n    command: []\n')).toEqual([
    'weir.yaml:3: detectors.semgrep.command: must be a list of a program and its arguments, is a list',
  ])
})

test('variables of the environment are put in, within the map of a detector too', () => {
  const detectors = loaded('detectors:\n  moderated:\n    url: http://a/\n    key: $KEY\n')
  expect(detectors.moderated?.key).toBe('canary-key')
})
