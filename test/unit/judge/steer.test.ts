import { expect, test } from 'bun:test'
import { dialects } from '../../../src/dialect/index.ts'
import { dialectNames } from '../../../src/dialect/dialect.ts'
import { bytesOf, inSteps } from '../../support/cuts.ts'
import { answerIn, judged, orderOf, readLeft, type Left, type Said } from '../../support/judged.ts'
import { stride } from '../../support/quick.ts'

const steer = orderOf('raise "Ask for leave first." if:\n    (msg: Message)\n    "hunter2" in msg.content', {
  action: 'steer',
})

function closed({ text, stop }: Left): string {
  return text + (stop?.kind === 'steer' ? new TextDecoder().decode(stop.closing) : '')
}

const before: readonly Said[] = [
  { kind: 'thinking', pieces: ['Hm. '] },
  { kind: 'call', name: 'run', pieces: ['{"command":', '"ls"}'] },
  { kind: 'text', pieces: ['One. ', 'Two. '] },
]

test.each(dialectNames)(
  '%s: an answer is ended with the message, and reads like any other',
  async (dialect) => {
    const cases: readonly (readonly Said[])[] = [
      [{ kind: 'text', pieces: ['hunter2'] }],
      [{ kind: 'text', pieces: ['Fine. ', 'It is hunter2', ' so. ', 'Bye.'] }],
      [...before, { kind: 'text', pieces: ['Three. ', 'hunter2'] }],
    ]
    for (const said of cases) {
      const bytes = bytesOf(answerIn(dialect, said))
      for (const size of [stride, 50, bytes.length]) {
        for (const mode of ['hold', 'tail'] as const) {
          const left = await judged(dialect, inSteps(bytes, size), [{ ...steer, mode }])
          expect(left.stop?.kind).toBe('steer')
          const { reply, answer } = readLeft(dialect, closed(left))
          expect([reply.ending, reply.error]).toEqual(['complete', null])
          expect(reply.unknownEvents).toEqual({})
          const last = answer.choices[0]?.message.parts.findLast(({ kind }) => kind === 'text')
          expect(last?.kind === 'text' && last.text.endsWith('Ask for leave first.')).toBe(true)
          if (size === 1 && said.length === 1 && said[0]?.pieces.length === 1 && mode === 'hold') {
            expect(last).toMatchObject({ text: 'Ask for leave first.' })
          }
          if (mode === 'hold') expect(left.text.includes('hunter2')).toBe(false)
        }
      }
    }
  },
)

test.each(dialectNames)('%s: a whole answer becomes a whole answer with the message', async (dialect) => {
  const { body } = readLeft(dialect, answerIn(dialect, [{ kind: 'text', pieces: ['hunter2'] }])).reply
  const left = await judged(dialect, [bytesOf(JSON.stringify(body))], [steer], { isStream: false })
  const told: unknown = JSON.parse(closed(left))
  const { choices } = dialects[dialect].readAnswer(told)
  expect([choices[0]?.finish, choices[0]?.message.parts]).toMatchObject([
    'stop',
    [{ kind: 'text', text: 'Ask for leave first.' }],
  ])
})

test('a list of elements is ended as a list', async () => {
  for (const pieces of [['hunter2'], ['Fine. ', 'hunter2']]) {
    const text = answerIn('gemini', [{ kind: 'text', pieces }], { form: 'elements' })
    const left = await judged('gemini', inSteps(bytesOf(text), 9), [steer], { isStream: false })
    const list: unknown = JSON.parse(closed(left))
    expect(Array.isArray(list) && list.length).toBe(pieces.length)
  }
})

test('every choice that goes on gets the message, and one that has finished does not', async () => {
  const chunk = (index: number, content: string, finish_reason: string | null) =>
    `data: ${JSON.stringify({ id: 'c', created: 5, model: 'm', choices: [{ index, delta: { content }, finish_reason }] })}\n\n`
  const text = chunk(0, 'Done. ', 'stop') + chunk(1, 'One. ', null) + chunk(1, 'hunter2', null)
  const left = await judged('openai-chat', inSteps(bytesOf(text), 60), [steer])
  const { answer } = readLeft('openai-chat', closed(left))
  expect(answer.choices.map(({ message }) => message.parts)).toMatchObject([
    [{ text: 'Done. ' }],
    [{ text: 'One. \n\nAsk for leave first.' }],
  ])
  expect([answer.id, answer.model]).toEqual(['c', 'm'])
})

test('events keep being numbered where they were', async () => {
  let number = 0
  const numbered = answerIn('openai-responses', [
    { kind: 'text', pieces: ['One. ', 'Two. ', 'hunter2'] },
  ]).replace(/"\}\n\n|\}\n\n/g, (end) => `${end.slice(0, -3)},"sequence_number":${number++}}\n\n`)
  const left = await judged('openai-responses', inSteps(bytesOf(numbered), 30), [steer])
  const numbers = [...closed(left).matchAll(/"sequence_number":(\d+)/g)].map(([, told]) => Number(told))
  expect(numbers).toEqual(numbers.map((_, at) => at))
  expect(numbers.length).toBeGreaterThan(10)
})

test('a rule that could not be judged is a block, not a message for the model', async () => {
  const order = orderOf('raise "x" if:\n    (msg: Message)\n    len(msg.content) > input.most', {
    action: 'steer',
  })
  const bytes = bytesOf(answerIn('anthropic', before))
  expect((await judged('anthropic', [bytes], [order])).stop?.kind).toBe('block')
})
