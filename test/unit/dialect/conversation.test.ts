import { expect, test } from 'bun:test'
import { dialectNames } from '../../../src/dialect/dialect.ts'
import type { Dialect, Reply } from '../../../src/dialect/dialect.ts'
import { dialects } from '../../../src/dialect/index.ts'
import { bodies } from '../../support/bodies/index.ts'
import { bytesOf, createChance, rebuild } from '../../support/cuts.ts'
import { hasRecordings, recordingsOf, wholeOf } from '../../support/recorded.ts'
import { lostIn, marked, misplaced, mutated, partsOf, resolve } from '../../support/scalars.ts'
import { streams } from '../../support/streams/index.ts'

/** What holds for the neutral form of every dialect's requests and replies. */

for (const name of dialectNames) {
  const dialect = dialects[name]
  const replies = streams[name].map(({ text }) => rebuild(dialect, [bytesOf(text)]))

  test(`${name}: nothing that a request says is lost, and every part stands where it says`, () => {
    for (const body of bodies[name]) expectRequest(dialect, marked(body))
  })

  test(`${name}: nothing that a reply says is lost, and every part stands where it says`, () => {
    for (const reply of replies) expectReply(dialect, reply)
  })

  test(`${name}: whatever is wrong with a request, it is read without a throw or a loss`, () => {
    const chance = createChance(name.length)
    for (let round = 0; round < 800; round++) {
      let body: unknown = bodies[name][chance(bodies[name].length)]
      for (let times = chance(4); times >= 0; times--) body = mutated(body, chance)
      expectRequest(dialect, body)
    }
  })

  test(`${name}: whatever is wrong with a reply, it is read without a throw or a loss`, () => {
    const chance = createChance(3 + name.length)
    for (let round = 0; round < 800; round++) {
      let body: unknown = replies[chance(replies.length)]?.body
      for (let times = chance(4); times >= 0; times--) body = mutated(body, chance)
      expectReply(dialect, { body })
    }
  })

  test(`${name}: what is no body of its own is kept as it is`, () => {
    for (const body of ['text', 7, true, [], [1, 'x'], { a: 1 }, {}]) {
      expect(lostIn(dialect.readRequest(body), body)).toEqual([])
      expect(lostIn(dialect.readAnswer(body), body)).toEqual([])
    }
    for (const body of [null, undefined]) {
      expect(dialect.readRequest(body)).toEqual({ model: null, messages: [], tools: [], settings: {} })
      expect(dialect.readAnswer(body)).toMatchObject({ choices: [], usage: null, extra: {} })
    }
  })

  test(`${name}: a body nested deeper than the stack bears is read`, () => {
    let deep: unknown = 'x'
    for (let level = 0; level < 50_000; level++)
      deep = { content: [deep], type: 'tool_result', parts: [deep] }
    const body = {
      messages: [deep],
      input: [deep],
      contents: [deep],
      content: [deep],
      output: [deep],
      tools: deep,
    }
    expect(dialect.readRequest(body).messages.length).toBeGreaterThan(0)
    dialect.readAnswer(body)
  })

  test(`${name}: a list longer than the stack bears is read`, () => {
    // Spread into a call, a million elements are a million arguments: a RangeError.
    const many: unknown = Array(1_000_000).fill('a')
    for (const field of ['messages', 'input', 'contents']) {
      const { messages, settings } = dialect.readRequest({ [field]: many })
      expect(messages.length === 1_000_000 || settings[field] === many).toBe(true)
    }
  })

  if (hasRecordings) {
    test(`${name}: nothing is lost of recorded answers, streamed or whole`, () => {
      for (const { bytes } of recordingsOf(name)) expectReply(dialect, rebuild(dialect, [bytes]))
      for (const body of wholeOf(name)) expectReply(dialect, dialect.whole(body))
    })
  }
}

function expectRequest(dialect: Dialect, body: unknown): void {
  const conversation = dialect.readRequest(body)
  expect(lostIn(conversation, body)).toEqual([])
  expect(partsOf(conversation.messages).flatMap((part) => misplaced(part, body) || [])).toEqual([])
  for (const { at } of [...conversation.messages, ...conversation.tools]) {
    expect(resolve(body, at)).toBeDefined()
  }
}

function expectReply(
  dialect: Dialect,
  { body, argumentTexts = {} }: Pick<Reply, 'body' | 'argumentTexts'>,
): void {
  const answer = dialect.readAnswer(body, argumentTexts)
  expect(lostIn(answer, body)).toEqual([])
  const parts = partsOf(answer.choices.map(({ message }) => message))
  expect(parts.flatMap((part) => misplaced(part, body) || [])).toEqual([])
  for (const { message } of answer.choices) expect(message.role).toBe('assistant')
  for (const part of parts) {
    if (part.kind !== 'call' || argumentTexts[part.argumentsAt] === undefined) continue
    expect(part.argumentsText).toBe(argumentTexts[part.argumentsAt] ?? '')
  }
}
