import { describe, expect, test } from 'bun:test'
import { dialectNames } from '../../../src/dialect/dialect.ts'
import { atEveryCut, bytesOf, inSteps } from '../../support/cuts.ts'
import { expectNothing, secret } from '../../support/evasion.ts'
import { answerIn, judged, orderOf, type Said } from '../../support/judged.ts'
import { stride } from '../../support/quick.ts'

/** Rules on calls of tools judge calls, and no beginnings of them: these would be other than what is allowed. */
const allowsOne = orderOf(`raise "another command" if:
    (call: ToolCall)
    not call.function.arguments.command == "ls -l"`)
const knowsTwo = orderOf(`raise "without a reason" if:
    (call: ToolCall)
    len([key for key in call.function.arguments]) != 2`)
const callsIt = orderOf(`raise "no such call" if:
    (call: ToolCall)
    call.function.name == "${secret}"`)

const whole: readonly Said[] = [
  { kind: 'text', pieces: ['Let me look. ', 'I will list it.\n', 'Now. '] },
  { kind: 'call', name: 'run', pieces: ['{"comm', 'and":"l', 's -l"', ',"why":"to ', 'know"}'] },
  { kind: 'call', name: 'run', pieces: ['{"command":"ls -l","why":"again"}'] },
]

describe.each(dialectNames)('%s', (dialect) => {
  test.each([
    ['what it is given', allowsOne],
    ['what there is of it', knowsTwo],
  ])('a call that a rule allows by %s leaves, however it is cut', async (_, order) => {
    const bytes = bytesOf(answerIn(dialect, whole))
    const reads = [
      [bytes],
      inSteps(bytes, 400),
      inSteps(bytes, 150),
      inSteps(bytes, stride),
      ...atEveryCut(bytes),
    ]
    for (const [at, each] of reads.entries()) {
      const left = await judged(dialect, each, [order], { ticks: at % 2 === 1 })
      expect([left.stop, left.findings, left.bytes.length, at]).toEqual([null, [], bytes.length, at])
    }
  })

  test('a call that is whole does not leave unjudged because another one has begun', async () => {
    const text = answerIn(dialect, [
      { kind: 'text', pieces: ['Let me look. '] },
      { kind: 'call', name: secret, pieces: ['{}'] },
      { kind: 'call', name: 'run', pieces: ['{"comm', 'and":"ls"}'] },
    ])
    for (const reads of [[bytesOf(text)], ...atEveryCut(bytesOf(text))]) {
      expectNothing(await judged(dialect, reads, [callsIt]))
      expectNothing(await judged(dialect, reads, [callsIt], { ticks: true }))
    }
  })

  test('what there is of a call when the answer stops is judged', async () => {
    const text = answerIn(dialect, [
      { kind: 'text', pieces: ['Let me look. '] },
      { kind: 'call', name: secret, pieces: ['{"command":"ls"}'] },
    ])
    const bytes = bytesOf(text)
    for (let at = text.indexOf(secret) + secret.length; at < bytes.length; at += stride) {
      const left = await judged(dialect, [bytes.subarray(0, at)], [callsIt], { how: 'cut' })
      expect([left.text.includes(secret), at]).toEqual([false, at])
    }
  })
})

test('of the calls of one candidate only the last goes on', async () => {
  const chunk = (functionCall: object) =>
    `data: ${JSON.stringify({ candidates: [{ index: 0, content: { parts: [{ functionCall }] } }] })}\r\n\r\n`
  const begun = { name: 'run', willContinue: true }
  const rest = { partialArgs: [{ jsonPath: '$.command', stringValue: 'ls -l' }], willContinue: true }
  const text = chunk({ name: secret, args: {} }) + chunk(begun)
  expectNothing(await judged('gemini', [bytesOf(text)], [callsIt]))
  const allowed = chunk({ name: 'run', args: { command: 'ls -l' } }) + chunk(begun) + chunk(rest) + chunk({})
  for (const reads of [[bytesOf(allowed)], ...atEveryCut(bytesOf(allowed))]) {
    const left = await judged('gemini', reads, [allowsOne])
    expect([left.stop, left.text]).toEqual([null, allowed])
  }
})
