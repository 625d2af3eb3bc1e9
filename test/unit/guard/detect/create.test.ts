import { expect, test } from 'bun:test'
import { createDetectors } from '../../../../src/guard/detect/create.ts'
import type { AllMeans } from '../../../../src/guard/detect/remote/means.ts'
import type { DetectorName, LocalDetector } from '../../../../src/guard/detector.ts'
import { settingsOf } from '../../../support/guard/detecting.ts'

const local = (name: DetectorName): LocalDetector => ({
  kind: 'local',
  name,
  kinds: [],
  detect: () => ({ findings: [] }),
})

const means: AllMeans = {
  builtin: [local('pii'), local('python_code')],
  ask: () => Promise.reject(new Error('not asked')),
  fetch: () => Promise.reject(new Error('not called')),
}

function kinds(settings: unknown): Record<string, string> {
  const detectors = createDetectors(settingsOf(settings), means)
  return Object.fromEntries([...detectors].map(([name, { kind }]) => [name, kind]))
}

test('what is not configured is built in, or is not there', () => {
  expect(kinds({})).toEqual({ pii: 'local', python_code: 'local' })
})

test('what is configured takes the place of what is built in', () => {
  const url = 'http://127.0.0.1:1/'
  expect(
    kinds({
      pii: { url },
      moderated: { url },
      prompt_injection: { url },
      semgrep: { url },
      ocr: { command: ['true'] },
      embedding: { target: 'a/b' },
      llm: { target: 'a/b' },
    }),
  ).toEqual({
    pii: 'remote',
    moderated: 'remote',
    prompt_injection: 'remote',
    python_code: 'local',
    semgrep: 'remote',
    ocr: 'remote',
    embedding: 'remote',
    llm: 'remote',
  })
})

test('each configuration has an identity of its own, which shows no key', () => {
  const identity = (key: string, model: string): string | undefined => {
    const settings = settingsOf({ moderated: { url: 'http://127.0.0.1:1/', key, model } })
    return createDetectors(settings, means).get('moderated')?.identity
  }
  expect(identity('canary', 'one')).toBe(String(identity('canary', 'one')))
  expect(identity('canary', 'two')).not.toBe(identity('canary', 'one'))
  expect(identity('canary', 'one')).toMatch(/^[\w-]{22}$/)
})

test('a detector bears as many texts of one judgement as the configuration says', () => {
  const detector = createDetectors(settingsOf({ llm: { target: 'a/b', maxTexts: 7 } }), means).get('llm')
  expect(detector).toMatchObject({ kind: 'remote', name: 'llm', mostTexts: 7 })
})
