import { expect, test } from 'bun:test'
import { tee, type Shown, type Side, type View } from '../../../src/wire/tee.ts'

const encode = (text: string) => new TextEncoder().encode(text)
const decode = (chunks: readonly Uint8Array[]) => new TextDecoder().decode(Buffer.concat(chunks))

const never = new AbortController().signal
const split = (source: ReadableStream<Uint8Array>, side: Side, over = never) =>
  tee(source.getReader(), over, side)

type Seen = { readonly side: Side; readonly taken: Uint8Array[]; readonly told: string[]; sent: number }

function watch(more: Partial<Side> = {}): Seen {
  const taken: Uint8Array[] = []
  const told: string[] = []
  const seen: Seen = {
    taken,
    told,
    sent: 0,
    side: {
      take: (chunk) => void taken.push(chunk),
      sent: (bytes) => void (seen.sent += bytes),
      end: () => void told.push('end'),
      fail: () => {
        told.push('fail')
        return 'farewell'
      },
      leave: () => {
        told.push('leave')
        return 'cancel'
      },
      ...more,
    },
  }
  return seen
}

function sourceOf(parts: readonly string[], error?: Error): ReadableStream<Uint8Array> {
  const left = [...parts]
  return new ReadableStream({
    pull: (controller) => {
      const part = left.shift()
      if (part !== undefined) return controller.enqueue(encode(part))
      return error === undefined ? controller.close() : controller.error(error)
    },
  })
}

test('both sides see every byte, and the end once', async () => {
  const seen = watch()
  const { body } = split(sourceOf(['one', 'two', 'three']), seen.side)
  expect(await new Response(body).text()).toBe('onetwothree')
  expect([decode(seen.taken), seen.told, seen.sent]).toEqual(['onetwothree', ['end'], 11])
})

test('a side that holds a chunk, or the end, holds the client', async () => {
  const hold = Promise.withResolvers<void>()
  const order: string[] = []
  const seen = watch({
    take: (chunk) =>
      decode([chunk]) === 'two' ? hold.promise.then(() => void order.push('let go')) : undefined,
    end: () => void order.push('end'),
  })
  const { body } = split(sourceOf(['one', 'two']), seen.side)
  const text = new Response(body).text().then((all) => order.push(all))
  hold.resolve()
  await text
  expect(order).toEqual(['let go', 'end', 'onetwo'])
})

test('a source that fails is told once, and the client never gets a clean end', async () => {
  const seen = watch()
  const { body } = split(sourceOf(['one'], new Error('cut')), seen.side)
  const reader = body.getReader()
  const chunks: Uint8Array[] = []
  let failed = false
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      chunks.push(value)
    }
  } catch (error) {
    failed = error === undefined
  }
  expect([failed, seen.told]).toEqual([true, ['fail']])
  expect('onefarewell').toStartWith(decode(chunks))
})

test('a client that leaves lets the source go, and nothing else is told', async () => {
  const released = Promise.withResolvers<void>()
  const source = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(encode('one')),
    cancel: () => released.resolve(),
  })
  const seen = watch()
  const reader = split(source, seen.side).body.getReader()
  await reader.read()
  await reader.cancel()
  await released.promise
  expect([seen.told, decode(seen.taken)]).toEqual([['leave'], 'one'])
})

test('a client that leaves while a chunk is held is told of no more', async () => {
  const hold = Promise.withResolvers<void>()
  const held = Promise.withResolvers<void>()
  const sent: number[] = []
  const seen = watch({
    take: () => {
      held.resolve()
      return hold.promise
    },
    sent: (bytes) => void sent.push(bytes),
  })
  const reader = split(sourceOf(['one', 'two']), seen.side).body.getReader()
  const read = reader.read()
  await held.promise
  await reader.cancel()
  hold.resolve()
  await read
  await new Promise(setImmediate)
  expect([seen.told, sent]).toEqual([['leave'], []])
})

test('with drain the source is read to its end without the client, and none of that counts as sent', async () => {
  const ended = Promise.withResolvers<void>()
  const more = Promise.withResolvers<void>()
  const source = new ReadableStream<Uint8Array>({
    start: async (controller) => {
      controller.enqueue(encode('one'))
      await more.promise
      controller.enqueue(encode('two'))
      controller.close()
    },
  })
  const seen = watch({
    leave: () => 'drain',
    end: () => {
      ended.resolve()
      return undefined
    },
  })
  const reader = split(source, seen.side).body.getReader()
  await reader.read()
  await new Promise(setImmediate)
  await reader.cancel()
  more.resolve()
  await ended.promise
  expect([decode(seen.taken), seen.sent]).toEqual(['onetwo', 3])
})

test('bytes of ours come between two chunks, and neither before the first read nor after the end', async () => {
  const more = Promise.withResolvers<void>()
  const source = new ReadableStream<Uint8Array>({
    start: async (controller) => {
      controller.enqueue(encode('one'))
      await more.promise
      controller.enqueue(encode('two'))
      controller.close()
    },
  })
  const seen = watch()
  const { body, insert } = split(source, seen.side)
  expect(insert('too early')).toBe(false)
  const reader = body.getReader()
  const chunks: Uint8Array[] = []
  const first = await reader.read()
  if (first.value !== undefined) chunks.push(first.value)
  await new Promise(setImmediate)
  expect(insert('ours')).toBe(true)
  more.resolve()
  for (let next = await reader.read(); next.value !== undefined; next = await reader.read())
    chunks.push(next.value)
  expect([decode(chunks), decode(seen.taken)]).toEqual(['oneourstwo', 'onetwo'])
  expect(insert('too late')).toBe(false)
})

/** A view that keeps the last byte back, hides every "-", and tells what it covers. */
function keepingBack(): View {
  let held = Buffer.alloc(0)
  let behind = 0
  const shown = (bytes: Buffer): Shown => {
    const covers = bytes.length + behind
    behind = 0
    return { bytes: Buffer.from(bytes.toString().replaceAll('-', '')), covers }
  }
  return {
    show: (chunk) => {
      const all = Buffer.concat([held, chunk])
      held = all.subarray(all.length - 1)
      return shown(all.subarray(0, all.length - 1))
    },
    rest: () => shown(held),
  }
}

const viewed = (source: ReadableStream<Uint8Array>, side: Side) => {
  const reader = source.getReader()
  const { body } = tee(
    { read: () => reader.read(), cancel: () => reader.cancel(), view: keepingBack() },
    never,
    side,
  )
  return body
}

test('with a view the client is shown its part, the side sees all, and what was covered counts as sent', async () => {
  const seen = watch()
  expect(await new Response(viewed(sourceOf(['on-e', '-', 'two-']), seen.side)).text()).toBe('onetwo')
  expect([decode(seen.taken), seen.told, seen.sent]).toEqual(['on-e-two-', ['end'], 9])
})

test('what a view held back comes before the farewell', async () => {
  const seen = watch()
  const reader = viewed(sourceOf(['one', 'two'], new Error('cut')), seen.side).getReader()
  const parts: Uint8Array[] = []
  await expect(
    (async () => {
      for (;;) {
        const { done, value } = await reader.read()
        if (done) return
        parts.push(value)
      }
    })(),
  ).rejects.toBeUndefined()
  expect(decode(parts)).toBe('onetwofarewell')
  expect(seen.sent).toBe(6)
})
