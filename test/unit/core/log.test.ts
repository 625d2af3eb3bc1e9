import { expect, test } from 'bun:test'
import { Fault, meanings, toFault } from '../../../src/core/fault.ts'
import { causeOf, createLog, type Level } from '../../../src/core/log.ts'

test('a line is one JSON object, whatever its values hold, and lesser levels are silent', () => {
  const lines: string[] = []
  let least: Level = 'warn'
  const log = createLog(
    (line) => void lines.push(line),
    () => least,
  )
  log('info', 'silent')
  log('error', 'told', { text: 'two\nlines "quoted"\u2028', number: 1, none: undefined })
  least = 'error'
  log('warn', 'silent now')
  expect(lines).toHaveLength(1)
  expect(lines[0]?.match(/\n/g)).toHaveLength(1)
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    level: 'error',
    event: 'told',
    text: 'two\nlines "quoted"\u2028',
  })
})

test('a cause tells all causes behind it', () => {
  const error = new Error('outer', { cause: new Error('inner', { cause: 'core' }) })
  expect(causeOf(error)).toBe('outer: inner: core')
  expect(causeOf(7)).toBe('7')
})

test('a fault stays what it is, anything else is a bug, and its cause is no part of its message', () => {
  const fault = new Fault('rate-limited', 'slow down', { retryAfterSeconds: 3 })
  expect(toFault(fault)).toBe(fault)
  expect([fault.status, fault.hop, fault.retryAfterSeconds]).toEqual([429, 'weir', 3])
  const bug = toFault(new Error('connect 10.0.0.1:443'))
  expect([bug.code, bug.status, bug.message.includes('10.0.0.1')]).toEqual(['internal', 500, false])
})

test('every code has a status of its hop: 4xx for clients, 5xx for providers', () => {
  for (const [code, { status, hop }] of Object.entries(meanings)) {
    if (hop === 'client') expect([code, Math.floor(status / 100)]).toEqual([code, 4])
    if (hop === 'provider') expect([code, Math.floor(status / 100)]).toEqual([code, 5])
  }
})
