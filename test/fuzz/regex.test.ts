import { test } from 'bun:test'
import { expectAgreement, expectEnd, hostilePatterns } from '../support/guard/matching.ts'

/** What test/unit/guard/regex.test.ts looks at in fewer rounds, and patterns that use up all their time. */

test('both engines agree', () => expectAgreement(3000), 60_000)

test.each(hostilePatterns.filter(({ isSlow }) => isSlow))(
  '$name is refused, or comes to its end in time',
  ({ pattern }) => expectEnd(pattern),
)
