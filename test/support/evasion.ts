import { expect } from 'bun:test'
import { orderOf, type Left, type Said } from './judged.ts'

/**
 * What a rule forbids does not leave, however it is told: `secret` is looked for in what had left, as the answer's
 * readers would put it together and as the bytes are.
 */
export const secret = 'hunter2'
export const inText = orderOf(`raise "no secrets" if:\n    (msg: Message)\n    "${secret}" in msg.content`)
export const inCall = orderOf(
  `raise "no secrets" if:\n    (call: ToolCall)\n    "${secret}" in call.function.arguments.command`,
)

type Evasion = { readonly name: string; readonly said: readonly Said[]; readonly order: typeof inText }

export const evasions: readonly Evasion[] = [
  {
    name: 'a text',
    said: [{ kind: 'text', pieces: ['Fine. ', `It is ${secret} `, 'and more.'] }],
    order: inText,
  },
  {
    name: 'a text in several deltas',
    said: [{ kind: 'text', pieces: ['It is h', 'unt', 'er', '2', ', I think. ', 'Bye.'] }],
    order: inText,
  },
  {
    name: 'the last word of all',
    said: [{ kind: 'text', pieces: ['Fine. ', 'It is ', 'hunt', 'er2'] }],
    order: inText,
  },
  {
    name: 'thinking',
    said: [
      { kind: 'thinking', pieces: ['Hm. ', 'It is hunt', 'er2. '] },
      { kind: 'text', pieces: ['Hello.'] },
    ],
    order: inText,
  },
  {
    name: "a call's arguments",
    said: [
      { kind: 'text', pieces: ['Let me look. '] },
      { kind: 'call', name: 'run', pieces: ['{"comm', 'and":"cat hun', 'ter2"', '}'] },
    ],
    order: inCall,
  },
  {
    name: 'the second of two calls',
    said: [
      { kind: 'call', name: 'run', pieces: ['{"command":"ls"}'] },
      { kind: 'call', name: 'run', pieces: ['{"command":"cat ', 'hunter2"}'] },
    ],
    order: inCall,
  },
]

/** Those that come in several pieces, of which a cut could make a way out. */
export const split = evasions.filter(
  ({ name }) => name.includes('several deltas') || name.includes('arguments'),
)

export function expectNothing(left: Left, reason = ''): void {
  expect([left.stop?.kind, traceOf(left.text), reason]).toEqual(['block', '', reason])
}

/** Letters of the secret in the order of the secret, from texts and escapes; empty if there are not two of them. */
export function traceOf(text: string): string {
  const plain = text.replace(/\\u([0-9a-f]{4})/g, (_, code: string) =>
    String.fromCharCode(parseInt(code, 16)),
  )
  return /hunt|er2/.exec(plain)?.[0] ?? ''
}
