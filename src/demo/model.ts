import { isScenario, type Scenario } from './scenario.ts'

/**
 * What a model's name asks for: what is said, how fast, and what goes wrong. The name may carry the provider
 * (`demo/fast`), and a number after a dash: `long-5000`, `bytes-1000000`, `s08-5`.
 */
export type Content =
  | { readonly kind: 'talk' }
  | { readonly kind: 'echo' }
  | { readonly kind: 'long'; readonly words: number }
  | { readonly kind: 'bytes'; readonly bytes: number }
  | { readonly kind: 'filtered' }

export type Pace = 'fast' | 'human' | 'slow'

export type Model = {
  /** Without the provider's name. */
  readonly name: string
  readonly content: Content
  /** Null: as fast as can be, but human where a person may be reading along. */
  readonly pace: Pace | null
  readonly scenario: Scenario | null
  /** The number after the scenario's name: events, or seconds for s15. */
  readonly knob: number | null
}

export const models: readonly { readonly name: string; readonly description: string }[] = [
  { name: 'fast', description: 'Answers at once' },
  { name: 'human', description: 'Streams about 30 tokens a second, the first after 150 ms' },
  { name: 'slow', description: 'Says nothing for 20 seconds, then answers at a human pace' },
  { name: 'echo', description: 'Repeats the last thing you said, word for word' },
  { name: 'long-1000', description: 'Streams as many words as the number says, made as you read them' },
  { name: 'bytes-1000000', description: 'A body of as many bytes as the number says, made as you read it' },
]

const talk: Content = { kind: 'talk' }

export function toModel(asked: string): Model {
  const name = asked.replace(/^demo\//i, '')
  const match = /^([a-z]+\d*)(?:-(\d{1,12}))?$/i.exec(name)
  const word = (match?.[1] ?? '').toLowerCase()
  const number = match?.[2] === undefined ? null : Number(match[2])
  const model = { name, content: talk, pace: null, scenario: null, knob: null }
  if (isScenario(word)) {
    return {
      ...model,
      content: word === 's13' ? { kind: 'filtered' } : talk,
      pace: 'fast',
      scenario: word,
      knob: number,
    }
  }
  if (word === 'long' && number !== null)
    return { ...model, content: { kind: 'long', words: number }, pace: 'fast' }
  if (word === 'bytes' && number !== null)
    return { ...model, content: { kind: 'bytes', bytes: number }, pace: 'fast' }
  if (word === 'echo' && number === null) return { ...model, content: { kind: 'echo' } }
  if (number === null && (word === 'fast' || word === 'human' || word === 'slow'))
    return { ...model, pace: word }
  return model
}
