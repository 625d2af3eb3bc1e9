import { Database } from 'bun:sqlite'
import { expect, test } from 'bun:test'
import { packCost } from '../../../src/ledger/stored.ts'
import { type CostQuery, createCosts } from '../../../src/trace/costs.ts'
import { createLabels } from '../../../src/trace/labels.ts'
import { migrations } from '../../../src/trace/migrations.ts'
import { type TraceRow, insertTrace, unplaced, valuesOf } from '../../../src/trace/row.ts'
import { createSpend } from '../../../src/trace/spend.ts'
import { memoryStore, removeFrom, startedAt } from '../../support/traces.ts'

const hourMs = 3_600_000
const row: TraceRow = {
  id: 'a',
  started_at: startedAt,
  project: 'default',
  provider: 'openai',
  dialect: 'openai-chat',
  model: 'small',
  stream: 0,
  method: 'POST',
  path: '/v1/chat/completions',
  status: 200,
  outcome: 'answered',
  detail: null,
  called_ms: 1,
  answered_ms: 2,
  first_byte_ms: 3,
  ended_ms: 4,
  usage_input: 100,
  usage_cached_input: 40,
  usage_cache_write: null,
  usage_output: 10,
  usage_reasoning: null,
  request_received_bytes: 0,
  request_received_sha256: null,
  request_sent_bytes: 0,
  request_sent_sha256: null,
  reply_received_bytes: 0,
  reply_received_sha256: null,
  reply_sent_bytes: 0,
  reply_sent_sha256: null,
  attempts: 1,
  dropped_request: 0,
  dropped_reply: 0,
  client: 'c1',
  usage_details: null,
  verdict: null,
  ...unplaced,
  ...costed(1_500_000),
}

function costed(total: number, more: { isComplete?: boolean; isEstimated?: boolean } = {}) {
  const line = {
    kind: 'input',
    model: null,
    quantity: 1,
    rate: total,
    isEstimated: more.isEstimated ?? false,
  }
  const { text } = packCost(
    {
      kind: 'priced',
      total,
      isComplete: more.isComplete ?? true,
      isEstimated: line.isEstimated,
      source: { kind: 'file', version: '' },
      provider: 'openai',
      model: 'small',
      note: null,
      lines: [line],
    },
    'small',
  )
  return { cost: total, cost_lines: text }
}

const unpriced = { cost: null, cost_lines: packCost({ kind: 'unknown', reason: 'why' }, 'small').text }

function storeWith(...rows: readonly Partial<TraceRow>[]) {
  const store = memoryStore()
  const insert = store.database.prepare(insertTrace)
  const spend = createSpend(store.database)
  for (const [at, more] of rows.entries()) {
    const made = { ...row, id: `0${at}`, ...more }
    insert.run(...valuesOf(made))
    spend.add(made)
  }
  spend.settle()
  const ask = (query: CostQuery) => createCosts(store)(query)
  return { store, spend, ask }
}

test('sums are by whatever is asked, the dearest first, and exact', () => {
  const { ask } = storeWith(
    {},
    { model: 'large', ...costed(9_007_199_254_740_991) },
    { model: 'large', ...costed(9_007_199_254_740_991), client: null },
    { model: 'small', provider: null, ...costed(1) },
  )
  const { groups, total, isCut } = ask({ by: ['model'] })
  expect(groups.map(({ group, traces, cost }) => [group.model, traces, cost])).toEqual([
    ['large', 2, '18014.398509481982'],
    ['small', 2, '0.000001500001'],
  ])
  expect(total).toMatchObject({
    traces: 4,
    cost: '18014.398510981983',
    tokens: { input: 400, cachedInput: 160 },
  })
  expect(isCut).toBe(false)
  expect(ask({ by: ['provider', 'client'] }).groups.map(({ group }) => group)).toEqual([
    { provider: 'openai', client: 'c1' },
    { provider: 'openai', client: null },
    { provider: null, client: 'c1' },
  ])
})

test('without a group there is one sum', () => {
  const { ask } = storeWith({}, {})
  expect(ask({ by: [] })).toMatchObject({ total: { traces: 2 }, groups: [] })
  expect(storeWith().ask({ by: ['day'] })).toMatchObject({ total: { traces: 0, cost: '0' }, groups: [] })
})

test('what has no price, half of one, or an estimate is counted beside the sum', () => {
  const { ask } = storeWith(
    unpriced,
    costed(5, { isComplete: false }),
    { ...costed(7, { isEstimated: true }), usage_output: null, usage_details: '{"estimated":{"output":33}}' },
    // Nothing that takes tokens.
    { ...unpriced, usage_input: null, usage_cached_input: null, usage_output: null },
  )
  expect(ask({ by: [] }).total).toEqual({
    traces: 4,
    unpriced: 1,
    incomplete: 1,
    estimated: 1,
    tokens: { input: 300, cachedInput: 120, cacheWrite: 0, output: 53, reasoning: 0 },
    cost: '0.000000000012',
  })
})

test('days are those of universal time, the newest first; hours are whole', () => {
  const midnight = Date.UTC(2026, 4, 2)
  const { ask } = storeWith(
    { started_at: midnight - 1 },
    { started_at: midnight },
    { started_at: midnight + hourMs },
    { started_at: midnight + 2 * hourMs },
  )
  const days = (query: Partial<CostQuery>) =>
    ask({ by: ['day'], ...query }).groups.map(({ group, traces }) => [group.day, traces])
  expect(days({})).toEqual([
    ['2026-05-02', 3],
    ['2026-05-01', 1],
  ])
  expect(days({ from: midnight })).toEqual([['2026-05-02', 3]])
  expect(days({ from: midnight + hourMs - 1 })).toEqual([['2026-05-02', 3]])
  expect(days({ from: midnight + hourMs, to: midnight + 2 * hourMs })).toEqual([['2026-05-02', 1]])
  expect(days({ to: midnight })).toEqual([['2026-05-01', 1]])
})

test('filters hold for the sum and its groups', () => {
  const { ask } = storeWith({}, { project: 'other' }, { model: 'large' }, { client: null })
  expect(ask({ by: ['model'], project: 'default', client: 'c1' })).toMatchObject({
    total: { traces: 2 },
    groups: [{ traces: 1 }, { traces: 1 }],
  })
})

test('more groups than anybody reads are cut, and it is said', () => {
  const { ask } = storeWith(...Array.from({ length: 1001 }, (_, at) => ({ model: `m${at}` })))
  const { groups, isCut, total } = ask({ by: ['model'] })
  expect([groups.length, isCut, total.traces]).toEqual([1000, true, 1001])
})

test('a cost that changes moves its sum, and nothing else', () => {
  const { store, spend, ask } = storeWith(unpriced, {})
  const [before] = store.database.query<TraceRow, []>("SELECT * FROM traces WHERE id = '00'").all()
  if (before === undefined) throw new Error('It was not stored')
  spend.change(before, { ...before, ...costed(2_500_000) })
  spend.settle()
  expect(ask({ by: [] }).total).toMatchObject({
    traces: 2,
    unpriced: 0,
    cost: '0.000004',
    tokens: { input: 200 },
  })
  spend.change({ ...before, ...costed(2_500_000) }, before)
  spend.settle()
  expect(ask({ by: [] }).total).toMatchObject({ traces: 2, unpriced: 1, cost: '0.0000015' })
})

test('what is counted in a transaction that is undone is counted once, when it is tried again', () => {
  const { spend, ask } = storeWith({})
  spend.add(row)
  spend.forget()
  spend.add(row)
  spend.settle()
  spend.settle()
  expect(ask({ by: [] }).total).toMatchObject({ traces: 2 })
})

test('what was spent stays when traces go', () => {
  const { store, ask } = storeWith({})
  removeFrom(store, '00')
  expect(ask({ by: [] }).total.cost).toBe('0.0000015')
})

test('by session the traces themselves are summed; without sessions there is nothing to tell', () => {
  const { store, ask } = storeWith({}, {}, unpriced)
  if (!hasSession(store.database)) {
    expect(ask({ by: ['session'] }).groups).toEqual([])
    store.database.run('ALTER TABLE traces ADD COLUMN session TEXT')
  }
  store.database.run("UPDATE traces SET session = 's1' WHERE id <> '00'")
  const bySession = ask({ by: ['session'] })
  expect(
    bySession.groups.map(({ group, traces, unpriced, cost }) => [group.session, traces, unpriced, cost]),
  ).toEqual([
    ['s1', 2, 1, '0.0000015'],
    [null, 1, 0, '0.0000015'],
  ])
  const { total } = ask({ by: [] })
  expect(bySession.total).toEqual(total)
})

function hasSession(database: Database): boolean {
  return database.query("SELECT 1 FROM pragma_table_info('traces') WHERE name = 'session'").get() !== null
}

test('traces of a store from before there were costs are in the sums, unpriced', () => {
  const database = new Database(':memory:')
  database.run(migrations[0] ?? '')
  const columns = 'id, started_at, project, stream, method, path, outcome, ended_ms, request_received_bytes'
  const rest =
    'request_sent_bytes, reply_received_bytes, reply_sent_bytes, attempts, dropped_request, dropped_reply'
  database.run(
    `INSERT INTO traces (${columns}, ${rest}, usage_input, model)
     VALUES ('a', ${startedAt}, 'p', 0, 'POST', '/', 'answered', 1, 0, 0, 0, 0, 1, 0, 0, 7, 'm')`,
  )
  for (const migration of migrations.slice(1)) database.run(migration)
  const store = { database, path: ':memory:', close: () => database.close() }
  expect(createCosts(store)({ by: ['model'] }).groups).toMatchObject([
    { group: { model: 'm' }, traces: 1, unpriced: 1, tokens: { input: 7 }, cost: '0' },
  ])
})

test('labels are short, the same for the same credential, and others in another store', () => {
  const [one, other] = [createLabels(memoryStore().database), createLabels(memoryStore().database)]
  expect(one('secret-one')).toMatch(/^[0-9a-f]{8}$/)
  expect(one('secret-one')).toBe(one('secret-one'))
  expect(one('secret-one')).not.toBe(one('secret-two'))
  expect(one('secret-one')).not.toBe(other('secret-one'))
})
