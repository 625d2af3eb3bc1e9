import { expect } from 'bun:test'
import type { Dialect } from '../../../src/dialect/dialect.ts'
import { bytesOf, rebuild } from '../cuts.ts'
import type { Told } from './told.ts'

/** That the stream, in one piece, makes the reply it was written for. */
export function expectTold(dialect: Dialect, { text, reply }: Told): void {
  const rebuilt = rebuild(dialect, [bytesOf(text)])
  expect(rebuilt).toMatchObject(reply)
  // toMatchObject lets more stand in the body than was told.
  if (reply.body !== undefined) expect(rebuilt.body).toEqual(reply.body)
}
