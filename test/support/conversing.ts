import { expect } from 'bun:test'
import type { Dialect, Reply } from '../../src/dialect/dialect.ts'
import { bodies } from './bodies/index.ts'
import { bytesOf, createChance, rebuild } from './cuts.ts'
import { lostIn, misplaced, mutated, partsOf, resolve } from './scalars.ts'
import { streams } from './streams/index.ts'

/** What must hold of the neutral form of any request and any reply, whatever is wrong with it. */

export function repliesOf(dialect: Dialect): readonly Reply[] {
  return streams[dialect.name].map(({ text }) => rebuild(dialect, [bytesOf(text)]))
}

export function expectDamagedRequests(dialect: Dialect, rounds: number): void {
  const given = bodies[dialect.name]
  const chance = createChance(dialect.name.length)
  for (let round = 0; round < rounds; round++) {
    let body: unknown = given[chance(given.length)]
    for (let times = chance(4); times >= 0; times--) body = mutated(body, chance)
    expectRequest(dialect, body)
  }
}

export function expectDamagedReplies(dialect: Dialect, rounds: number): void {
  const replies = repliesOf(dialect)
  const chance = createChance(3 + dialect.name.length)
  for (let round = 0; round < rounds; round++) {
    let body: unknown = replies[chance(replies.length)]?.body
    for (let times = chance(4); times >= 0; times--) body = mutated(body, chance)
    expectReply(dialect, { body })
  }
}

export function expectRequest(dialect: Dialect, body: unknown): void {
  const conversation = dialect.readRequest(body)
  expect(lostIn(conversation, body)).toEqual([])
  expect(partsOf(conversation.messages).flatMap((part) => misplaced(part, body) || [])).toEqual([])
  for (const { at } of [...conversation.messages, ...conversation.tools]) {
    expect(resolve(body, at)).toBeDefined()
  }
}

export function expectReply(
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
