import { test } from 'bun:test'
import { expectInTime, hostilePolicies } from '../support/guard/hostile.ts'

/** As long as a policy may be. */
test.each(hostilePolicies(100_000))('a policy of nothing but %s is compiled in time', (_name, text) => {
  expectInTime(text)
})
