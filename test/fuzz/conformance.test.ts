import { test } from 'bun:test'
import { dialectNames } from '../../src/dialect/dialect.ts'
import { dialects } from '../../src/dialect/index.ts'
import { expectGarbageRead, expectOddValuesRead } from '../support/garbage.ts'
import { expectAccepted } from '../support/invariant.ts'

/** What test/unit/dialect looks at in fewer rounds. */

for (const name of dialectNames) {
  test(`${name}: garbage makes a reply, never a throw, and no reply depends on the cuts`, () => {
    expectGarbageRead(dialects[name], 400)
  })

  test(`${name}: values of every kind in every place make a reply, never a throw`, () => {
    expectOddValuesRead(dialects[name], 400)
  })

  test(`${name}: every conversation is one that the engine accepts, and each text is traced to its body`, () => {
    expectAccepted(name, 600)
  })
}
