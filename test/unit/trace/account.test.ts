import { expect, test } from 'bun:test'
import type { Usage } from '../../../src/conversation/usage.ts'
import type { Reply } from '../../../src/dialect/dialect.ts'
import { parsePriceFile } from '../../../src/ledger/price-file.ts'
import { estimateTokens } from '../../../src/ledger/estimate.ts'
import { createReader } from '../../../src/trace/read.ts'
import {
  batchOf,
  beginOf,
  endOf,
  keeperOf,
  memoryStore,
  said,
  streamHead,
  whole,
} from '../../support/traces.ts'
import { unknownUsage } from '../../support/usage.ts'

const list = parsePriceFile('prices: [{ model: "small*", input: 1, output: 4 }]', '2026-11-01')
const question = 'How high is the weir?'
const request = JSON.stringify({ model: 'small', messages: [{ role: 'user', content: question }] })

/** What is stored of an exchange whose answer says this of itself. */
function stored(told: Partial<Reply>, more: { end?: object; begin?: object; estimates?: boolean } = {}) {
  const store = memoryStore()
  const answer: Reply = {
    body: { choices: [{ message: { content: 'Two metres.' } }] },
    ending: 'complete',
    model: 'small-2026',
    usage: null,
    error: null,
    unknownEvents: {},
    ...told,
  }
  const keeper = keeperOf(store, {
    means: {
      createRebuild: () => ({ feed: () => undefined, finish: () => answer }),
      accounts: {
        find: (of) => {
          const price = list(of)
          return price === null
            ? { kind: 'unknown', reason: `nobody knows ${of.model}` }
            : { kind: 'found', price }
        },
        labelOf: (credential) => `label of ${credential.length}`,
        count: (more.estimates ?? true) ? estimateTokens : null,
      },
    },
  })
  const begin = beginOf({ secrets: ['the-credential'], client: { secret: 0 }, ...more.begin })
  keeper.keep(batchOf(1, whole('a', request, '{}', { begin, end: endOf(request, '{}', more.end) })))
  const trace = createReader(store).get('a')
  if (trace === null) throw new Error('It was not stored')
  return trace
}

const usage: Usage = { ...unknownUsage, input: 1000, output: 10 }

test('a trace has its cost, with the prices it was made of', () => {
  const { cost, costUnknown, usage: told } = stored({ usage })
  expect(told).toEqual(usage)
  expect(costUnknown).toBeNull()
  expect(cost).toMatchObject({ total: '0.00104', complete: true, estimated: false, model: 'small*' })
  expect(cost?.lines.map(({ amount }) => amount)).toEqual(['0.001', '0.00004'])
})

test('the model that was asked for counts where that which answered has no price', () => {
  expect(stored({ usage, model: 'unheard' }).cost?.total).toBe('0.00104')
  expect(stored({ usage, model: null }).cost?.total).toBe('0.00104')
  expect(stored({ usage, model: 'unheard' }, { begin: { model: 'unheard too' } })).toMatchObject({
    cost: null,
    costUnknown: 'nobody knows unheard',
  })
})

test('what was not told is estimated, marked, and never mixed with what was', () => {
  const { usage: told, cost } = stored({ usage: { ...usage, output: null } })
  expect(told).toEqual({
    ...usage,
    output: null,
    details: { estimated: { output: estimateTokens('Two metres.') } },
  })
  expect(cost).toMatchObject({ estimated: true, complete: true })
  expect(cost?.lines.map(({ estimated }) => estimated)).toEqual([false, true])
  expect(stored({}).usage?.details?.estimated).toEqual({
    input: estimateTokens(question) + 3,
    output: estimateTokens('Two metres.'),
  })
})

test('an answer that broke off is estimated too', () => {
  const end = { outcome: 'client-left', detail: 'The client left' }
  expect(stored({ ending: 'cut' }, { end }).cost).toMatchObject({ estimated: true })
})

test('nothing is estimated where nothing was answered, where no dialect reads it, or where nobody wants it', () => {
  const refused = stored({}, { end: { status: 429, outcome: 'failed' } })
  expect(refused).toMatchObject({ usage: null, cost: null, costUnknown: 'It was not answered' })
  const untold = { usage: null, cost: null, costUnknown: 'The answer tells no usage' }
  expect(stored({}, { begin: { dialect: null } })).toMatchObject(untold)
  expect(stored({}, { estimates: false })).toMatchObject(untold)
  expect(stored({ body: null }).costUnknown).toBe('It was not answered')
})

test('what is fetched again has been counted before', () => {
  expect(stored({ usage }, { begin: { method: 'GET' } })).toMatchObject({ usage: null, cost: null })
})

test('details are stored with the counts', () => {
  const details = { inputAudio: 12, serverTools: { web_search: 2 }, tier: 'default' }
  expect(stored({ usage: { ...usage, details } }).usage).toEqual({ ...usage, details })
})

test('a client is known by a label, also of an exchange that went on after this thread had died', () => {
  expect(stored({ usage }).client).toBe('label of 14')
  expect(stored({ usage }, { begin: { client: null } }).client).toBeNull()
  const store = memoryStore()
  const begin = beginOf({ secrets: ['the-credential'], client: { secret: 0 }, stream: true })
  const end = endOf(request, 'data: x\n\n')
  keeperOf(store).keep(batchOf(1, said('a', request, 'data: x\n\n', { begin, head: streamHead })))
  keeperOf(store).keep(batchOf(2, said('a', '', '', { secrets: ['the-credential'], end })))
  expect(createReader(store).get('a')?.client).toBe('label of 14')
})
