import { expect, test } from 'bun:test'
import { dialectNames } from '../../src/dialect/dialect.ts'
import { dialects } from '../../src/dialect/index.ts'
import { expectDamagedReplies, expectDamagedRequests, expectReply } from '../support/conversing.ts'
import { rebuild } from '../support/cuts.ts'
import { hasRecordings, recordingsOf, wholeOf } from '../support/recorded.ts'

/** What test/unit/dialect/conversation.test.ts looks at in fewer rounds, and what is too long for it. */

for (const name of dialectNames) {
  const dialect = dialects[name]

  test(`${name}: whatever is wrong with a request or a reply, it is read without a throw or a loss`, () => {
    expectDamagedRequests(dialect, 800)
    expectDamagedReplies(dialect, 800)
  }, 60_000)

  test(`${name}: a list longer than the stack bears is read`, () => {
    // Spread into a call, a million elements are a million arguments: a RangeError.
    const many: unknown = Array(1_000_000).fill('a')
    for (const field of ['messages', 'input', 'contents']) {
      const { messages, settings } = dialect.readRequest({ [field]: many })
      expect(messages.length === 1_000_000 || settings[field] === many).toBe(true)
    }
  }, 30_000)

  test.if(hasRecordings)(`${name}: nothing is lost of recorded answers, streamed or whole`, () => {
    for (const { bytes } of recordingsOf(name)) expectReply(dialect, rebuild(dialect, [bytes]))
    for (const body of wholeOf(name)) expectReply(dialect, dialect.whole(body))
  })
}
