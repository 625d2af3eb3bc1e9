import { expect, test } from 'bun:test'
import { Fault } from '../../../src/core/fault.ts'
import { openingOf } from '../../../src/upstream/opening.ts'
import type { Source } from '../../../src/wire/tee.ts'

const never = new AbortController().signal
const openingFor = (response: Response, signal = never) => openingOf(response, signal, 'up')

/** An answer whose parts come one by one, the last after `rest`. */
function answer(
  parts: readonly string[],
  more: { length?: number; type?: string; rest?: Promise<void> } = {},
) {
  const left = [...parts]
  const body = new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const part = left.shift()
        if (left.length === 0) await more.rest
        if (part === undefined) return controller.close()
        controller.enqueue(new TextEncoder().encode(part))
      },
    },
    { highWaterMark: 0 },
  )
  const { length, type = 'application/json' } = more
  const headers = {
    'content-type': type,
    ...(length === undefined ? {} : { 'content-length': String(length) }),
  }
  return new Response(body, { headers })
}

async function drained(source: Source): Promise<string> {
  let text = ''
  for (;;) {
    const { done, value } = await source.read()
    if (done) return text
    text += new TextDecoder().decode(value)
  }
}

async function told(response: Response): Promise<[kind: string, text: string]> {
  const opening = await openingFor(response)
  if (opening.kind === 'flowing') return ['flowing', await drained(opening.source)]
  return ['whole', new TextDecoder().decode(opening.bytes ?? undefined)]
}

test('what has come with the first read is whole, whatever it is', async () => {
  for (const type of ['application/json', 'text/event-stream', 'audio/mpeg'])
    expect(await told(answer(['all'], { length: 3, type }))).toEqual(['whole', 'all'])
  expect(await openingFor(new Response(null))).toEqual({ kind: 'whole', bytes: null })
  expect(await told(answer([], { length: 0 }))).toEqual(['whole', ''])
})

test('without a length, or with a large one, it flows', async () => {
  expect(await told(answer(['a', 'b']))).toEqual(['flowing', 'ab'])
  const most = 1 << 20
  expect((await told(answer(['x'.repeat(most)], { length: most })))[0]).toBe('whole')
  expect((await told(answer(['x'.repeat(most + 1)], { length: most + 1 })))[0]).toBe('flowing')
  expect((await told(answer(['a'], { length: Number.NaN })))[0]).toBe('flowing')
})

test('of JSON the rest is waited for, of anything else not', async () => {
  const parts = ['one', 'two', 'three']
  expect(await told(answer(parts, { length: 11 }))).toEqual(['whole', 'onetwothree'])
  expect(await told(answer(parts, { length: 11, type: 'application/json; charset=utf-8' }))).toEqual([
    'whole',
    'onetwothree',
  ])
  for (const type of ['text/event-stream', 'audio/mpeg', 'text/plain'])
    expect(await told(answer(parts, { length: 11, type }))).toEqual(['flowing', 'onetwothree'])
})

test('JSON that takes long flows, and nothing of it is lost or told twice', async () => {
  const rest = Promise.withResolvers<void>()
  const opening = await openingFor(answer(['one', 'two', 'three'], { length: 11, rest: rest.promise }))
  if (opening.kind !== 'flowing') throw new Error('It was not waited for')
  expect(new TextDecoder().decode((await opening.source.read()).value)).toBe('onetwo')
  rest.resolve()
  expect(await drained(opening.source)).toBe('three')
})

test('what breaks off meanwhile is told as cut, or as whoever aborted says', async () => {
  const broken = () => {
    const body = new ReadableStream({
      pull: (controller) => controller.error(new Error('reset by 10.0.0.1')),
    })
    return new Response(body, { headers: { 'content-length': '9' } })
  }
  const codeOf = (signal?: AbortSignal) =>
    openingFor(broken(), signal).catch((error: unknown) => (error instanceof Fault ? error.code : error))
  expect(await codeOf()).toBe('provider-cut')
  expect(await codeOf(AbortSignal.abort(new Fault('client-left', 'The client left')))).toBe('client-left')
})

test('an answer that has broken off can be let go of, whether it flows from its first part on or from a later one', async () => {
  for (const headers of [{}, { 'content-length': '10' }]) {
    let parts = 1
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        if (parts-- > 0) controller.enqueue(Buffer.from('data: x'))
        else controller.error(new Error('reset'))
      },
    })
    const response = new Response(body, { headers })
    const opening = await openingOf(response, new AbortController().signal, 'up')
    if (opening.kind !== 'flowing') throw new Error('It came whole')
    await opening.source.read()
    await expect(opening.source.read()).rejects.toThrow('reset')
    await opening.source.cancel()
  }
})
