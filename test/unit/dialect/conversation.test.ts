import { expect, test } from 'bun:test'
import { dialectNames } from '../../../src/dialect/dialect.ts'
import { dialects } from '../../../src/dialect/index.ts'
import { bodies } from '../../support/bodies/index.ts'
import {
  expectDamagedReplies,
  expectDamagedRequests,
  expectReply,
  expectRequest,
  repliesOf,
} from '../../support/conversing.ts'
import { lostIn, marked } from '../../support/scalars.ts'

/** What holds for the neutral form of every dialect's requests and replies. */

for (const name of dialectNames) {
  const dialect = dialects[name]

  test(`${name}: nothing that a request says is lost, and every part stands where it says`, () => {
    for (const body of bodies[name]) expectRequest(dialect, marked(body))
  })

  test(`${name}: nothing that a reply says is lost, and every part stands where it says`, () => {
    for (const reply of repliesOf(dialect)) expectReply(dialect, reply)
  })

  // Eight times as many rounds, and recorded answers, are for test/fuzz/conversation.test.ts.
  test(`${name}: whatever is wrong with a request, it is read without a throw or a loss`, () => {
    expectDamagedRequests(dialect, 100)
  })

  test(`${name}: whatever is wrong with a reply, it is read without a throw or a loss`, () => {
    expectDamagedReplies(dialect, 100)
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
}
