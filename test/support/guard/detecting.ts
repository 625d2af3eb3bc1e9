import { Value } from '@sinclair/typebox/value'
import { createDetectors } from '../../../src/guard/detect/create.ts'
import type { Ask, AllMeans, Question } from '../../../src/guard/detect/remote/means.ts'
import type { Fetch } from '../../../src/guard/detect/remote/post.ts'
import { DetectorSettings } from '../../../src/guard/detect/schema.ts'
import type { Detection, DetectorName } from '../../../src/guard/detector.ts'

/** Settings as a configuration gives them: defaults filled in. */
export function settingsOf(given: unknown): DetectorSettings {
  const settings: unknown = Value.Default(DetectorSettings, structuredClone(given))
  if (Value.Check(DetectorSettings, settings)) return settings
  throw new Error(
    [...Value.Errors(DetectorSettings, settings)].map(({ path, message }) => `${path} ${message}`).join(),
  )
}

const none: Pick<AllMeans, 'builtin' | 'ask' | 'fetch'> = {
  builtin: [],
  ask: () => Promise.reject(new Error('Weir itself is not asked here')),
  fetch: () => Promise.reject(new Error('nobody is called here')),
}

/** One detector asked about texts; what it says, or why it does not. */
export type Asked = (
  texts: readonly string[],
  options?: Record<string, unknown>,
  signal?: AbortSignal,
) => Promise<readonly Detection[]>

export function asking(name: DetectorName, settings: unknown, means: Partial<AllMeans> = {}): Asked {
  const detector = createDetectors(settingsOf({ [name]: settings }), { ...none, ...means }).get(name)
  if (detector?.kind !== 'remote') throw new Error(`${name} is not remote`)
  return (texts, options = {}, signal = new AbortController().signal) =>
    detector.detect(texts, options, signal)
}

/** A service that answers by what it is asked; `asked` is what came, read as JSON. */
export function answering(answer: (body: unknown, at: number) => unknown) {
  const asked: unknown[] = []
  const fetch: Fetch = async (_url, init) => {
    const body: unknown = JSON.parse(String(init.body))
    return Response.json(answer(body, asked.push(body) - 1))
  }
  return { asked, fetch }
}

/** Weir itself, as it answers what a rule asks of it. */
export function itself(answer: (question: Question) => unknown) {
  const asked: Question[] = []
  const ask: Ask = async (question) => {
    asked.push(question)
    return answer(question)
  }
  return { asked, ask }
}

export function reason(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'it answered',
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  )
}
