import { afterEach, expect, test } from 'bun:test'
import { startChild } from '../support/child.ts'
import { startWeir } from '../support/executable.ts'
import { createSdk, pythonMoment, type Sdk } from '../support/invariant-sdk.ts'
import { at, listAt, textAt } from '../support/json.ts'
import { createFolder } from '../support/traces.ts'

/** Twenty clients of Invariant's SDK on one trace: what each was told is there stays there, once, in its order. */
const clients = 20
const turns = 10
const key = `inv-${'0'.repeat(64)}`
const ends: (() => unknown)[] = []

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

const sdkOf = (url: string, client: number): Sdk =>
  createSdk({ url, key, library: client % 2 === 0 ? 'requests' : 'httpx' })

async function begin(sdk: Sdk): Promise<string> {
  const told = await sdk.pushTrace({
    messages: [[{ role: 'user', content: 'begin' }]],
    annotations: [[{ content: 'the first', address: 'messages.0.content:0-5' }]],
    dataset: 'together',
  })
  return textAt(told, 'id', 0)
}

/** What is said of `client`, in the order of the trace. */
function saidBy(client: number, messages: readonly unknown[]): readonly string[] {
  return messages.map((message) => textAt(message, 'content')).filter((text) => text.startsWith(`${client}:`))
}

test('twenty clients append at once: nothing is lost, nothing is there twice, and each keeps its order', async () => {
  await using weir = await startWeir()
  const own = sdkOf(weir.url, 0)
  const trace = await begin(own)
  const all = Array.from({ length: clients }, (_, client) => client)
  await Promise.all(
    all.map(async (client) => {
      const sdk = sdkOf(weir.url, client)
      for (let turn = 0; turn < turns; turn++) {
        // Two of one moment; by turns the client says when, or leaves that to the server.
        const messages = ['a', 'b'].map((part) => ({ role: 'user', content: `${client}:${turn}${part}` }))
        const annotations = [{ content: `${client}`, address: 'messages.0' }]
        const told =
          turn % 2 === 0
            ? sdk.appendMessages({ trace, messages, annotations })
            : sdk.call('POST', `/trace/${trace}/messages`, { messages, annotations })
        expect(await told).toEqual({ success: true })
      }
    }),
  )
  const whole = await own.call('GET', `/trace/${trace}`)
  const messages = listAt(whole, 'messages')
  expect(messages).toHaveLength(1 + clients * turns * 2)
  const order = Array.from({ length: turns }, (_, turn) => [`${turn}a`, `${turn}b`]).flat()
  for (const client of all) expect(saidBy(client, messages)).toEqual(order.map((turn) => `${client}:${turn}`))
  const moments = messages.slice(1).map((message) => textAt(message, 'timestamp'))
  expect(moments).toEqual(moments.toSorted())
  expect(listAt(whole, 'annotations')).toHaveLength(1 + clients * turns)
}, 60_000)

test('what comes with an older moment goes before the rest, and the remark about the first goes with it', async () => {
  await using weir = await startWeir()
  const own = sdkOf(weir.url, 0)
  const trace = await begin(own)
  const now = Date.now()
  await Promise.all(
    Array.from({ length: clients }, async (_, client) => {
      // The later the client, the earlier its moment.
      const timestamp = pythonMoment(now - 60_000 * (client + 1))
      const messages = [{ role: 'user', content: `${client}:`, timestamp }]
      await sdkOf(weir.url, client).appendMessages({ trace, messages })
    }),
  )
  const whole = await own.call('GET', `/trace/${trace}`)
  const contents = listAt(whole, 'messages').map((message) => at(message, 'content'))
  expect(contents).toEqual([
    ...Array.from({ length: clients }, (_, place) => `${clients - 1 - place}:`),
    'begin',
  ])
  expect(at(whole, 'annotations', 0)).toMatchObject({
    content: 'the first',
    address: `messages.${clients}.content:0-5`,
  })
}, 30_000)

test('killed while twenty append, it has all that it said it has', async () => {
  using folder = createFolder()
  const child = await startChild({ log: 'warn' }, { folder: folder.path })
  ends.push(() => child.process.kill('SIGKILL'))
  const trace = await begin(sdkOf(child.url, 0))
  const kept = Array.from({ length: clients }, (): number[] => [])
  let told = 0
  await Promise.allSettled(
    kept.map(async (own, client) => {
      const sdk = sdkOf(child.url, client)
      for (let turn = 0; ; turn++) {
        await sdk.appendMessages({ trace, messages: [{ role: 'user', content: `${client}:${turn}` }] })
        own.push(turn)
        if (++told === 60) child.process.kill('SIGKILL')
      }
    }),
  )
  await child.process.exited
  const again = await startChild({ log: 'warn' }, { folder: folder.path })
  ends.push(() => again.process.kill('SIGKILL'))
  const whole = await sdkOf(again.url, 0).call('GET', `/trace/${trace}`)
  const messages = listAt(whole, 'messages')
  expect(told).toBeGreaterThanOrEqual(60)
  for (const [client, own] of kept.entries()) {
    const said = saidBy(client, messages)
    expect(said.slice(0, own.length)).toEqual(own.map((turn) => `${client}:${turn}`))
    // Of the last one nobody was told: it may be there.
    expect(said.length - own.length).toBeLessThanOrEqual(1)
  }
}, 60_000)
