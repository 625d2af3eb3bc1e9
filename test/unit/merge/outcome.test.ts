import { expect, test } from 'bun:test'
import { Fault, meanings, type FaultCode } from '../../../src/core/fault.ts'
import { endedBy, endedWith } from '../../../src/merge/outcome.ts'

test('every fault ends an exchange in one way, by whose doing it was', () => {
  const codes = Object.keys(meanings).filter((code): code is FaultCode => code in meanings)
  const outcomes = codes.map((code) => {
    const fault = new Fault(code, 'why')
    return [fault.hop, endedBy(fault).outcome]
  })
  const of = (hop: string) => [
    ...new Set(outcomes.filter(([name]) => name === hop).map(([, outcome]) => outcome)),
  ]
  expect(of('client').toSorted()).toEqual(['client-left', 'refused'])
  expect(of('weir').toSorted()).toEqual(['interrupted', 'refused'])
  expect(of('provider').toSorted()).toEqual(['provider-cut', 'timed-out', 'unreachable'])
  expect(endedBy(new Fault('provider-cut', 'why')).detail).toBe('why')
})

test('a status of 400 and above is a failure, however whole its answer came', () => {
  expect([null, 200, 204, 302, 399].map((status) => endedWith(status).outcome)).toEqual(
    Array.from({ length: 5 }, () => 'answered' as const),
  )
  for (const status of [400, 429, 500, 599]) {
    expect(endedWith(status)).toEqual({
      outcome: 'failed',
      detail: `The provider answered with status ${status}`,
    })
  }
})
