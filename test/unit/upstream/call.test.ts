import { expect, test } from 'bun:test'
import { Fault } from '../../../src/core/fault.ts'
import { createProviders } from '../../../src/provider/provider.ts'
import { createCall } from '../../../src/upstream/call.ts'
import { faultOf } from '../../../src/upstream/failure.ts'

const demo = createProviders({}).get('demo')
const reset = () => Object.assign(new Error('socket at 10.0.0.1'), { code: 'ECONNRESET' })

/** A call whose attempts end like this, one after the other. */
async function callWith(ends: readonly (Error | Response)[], replayable = true) {
  if (demo === undefined) throw new Error('There is no demo')
  const bodies: (string | null)[] = []
  let attempts = 0
  const call = createCall(async (request) => {
    bodies.push(await request.text())
    const end = ends[attempts - 1]
    if (end instanceof Response) return end
    throw end
  })
  const abort = new AbortController()
  const outgoing = {
    url: 'weir:demo/v1/x',
    method: 'POST',
    headers: new Headers(),
    body: () => new TextEncoder().encode('body'),
    replayable: () => replayable,
    signal: abort.signal,
    tried: () => void attempts++,
  }
  try {
    return { status: (await call(outgoing, demo)).status, bodies }
  } catch (error) {
    return { code: error instanceof Fault ? error.code : String(error), bodies }
  }
}

test('a reset before the answer is tried again once, with the whole body', async () => {
  expect(await callWith([reset(), new Response('')])).toEqual({ status: 200, bodies: ['body', 'body'] })
  expect(await callWith([reset(), reset(), new Response('')])).toMatchObject({ code: 'provider-reset' })
})

test('what cannot be sent again is not, nor what failed otherwise', async () => {
  expect(await callWith([reset(), new Response('')], false)).toMatchObject({
    code: 'provider-reset',
    bodies: ['body'],
  })
  expect(await callWith([new Error('x'), new Response('')])).toMatchObject({
    code: 'provider-unreachable',
    bodies: ['body'],
  })
})

test('whoever aborted has said why, and no fault names a host', () => {
  const abort = new AbortController()
  const fault = (when: 'before' | 'during') => faultOf(reset(), abort.signal, when, 'p')
  expect([fault('before').code, fault('during').code]).toEqual(['provider-reset', 'provider-cut'])
  expect(fault('before').message + fault('during').message).not.toContain('10.0.0.1')
  abort.abort(new Fault('provider-slow', 'late'))
  expect(fault('before').code).toBe('provider-slow')
})
