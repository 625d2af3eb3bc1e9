import { expect, test } from 'bun:test'
import { createFindOrders, emptyBook, toOrders, type GivenOrder } from '../../../src/judge/given.ts'

function order(name: string, more: Partial<GivenOrder> = {}): GivenOrder {
  return {
    name,
    text: `raise "${name}" if: (m: Message)`,
    action: 'block',
    mode: 'hold',
    on: 'both',
    onError: 'block',
    strict: false,
    input: {},
    isClients: false,
    ...more,
  }
}

const [file, shops, own] = [order('file'), order('shops'), order('own', { isClients: true })]
const book = { all: [file], projects: new Map([['shop', [shops]]]) }

function names(orders: ReturnType<ReturnType<typeof createFindOrders>>): string[] | null {
  return orders === null ? null : orders.list.map(({ name }) => name)
}

test("a request's own rules go before its project's, and those before the rules for all", () => {
  const find = createFindOrders(book, 'first')
  expect(names(find({ project: 'default', own: null }))).toEqual(['file'])
  expect(names(find({ project: 'shop', own: null }))).toEqual(['shops'])
  expect(names(find({ project: 'shop', own }))).toEqual(['own'])
})

test('all of them hold where that is configured', () => {
  const find = createFindOrders(book, 'all')
  expect(names(find({ project: 'default', own }))).toEqual(['own', 'file'])
  expect(names(find({ project: 'shop', own }))).toEqual(['own', 'shops', 'file'])
})

test('no rules are null', () => {
  const find = createFindOrders(emptyBook, 'all')
  expect(find({ project: 'default', own: null })).toBeNull()
  expect(names(find({ project: 'default', own }))).toEqual(['own'])
})

test('a project may have rules from elsewhere, and has the new ones when they change', () => {
  let stored: readonly GivenOrder[] = [order('stored')]
  const none: readonly GivenOrder[] = []
  const find = createFindOrders(book, 'first', (project) => (project === 'shop' ? stored : none))
  const before = find({ project: 'shop', own: null })
  expect(names(before)).toEqual(['stored', 'shops'])
  // Put together once.
  expect(find({ project: 'shop', own: null })).toBe(before)
  stored = []
  expect(names(find({ project: 'shop', own: null }))).toEqual(['shops'])
})

test('however many projects clients name, those without rules share one list, and those with rules keep theirs', () => {
  const none: readonly GivenOrder[] = []
  const stored: readonly GivenOrder[] = [order('stored')]
  const find = createFindOrders(book, 'first', (project) => (project === 'late' ? stored : none))
  const usual = find({ project: 'default', own: null })
  for (let at = 0; at < 2000; at++) expect(find({ project: `made up ${at}`, own: null })).toBe(usual)
  expect(find({ project: 'late', own: null })).toBe(find({ project: 'late', own: null }))
  expect(find({ project: 'shop', own: null })).toBe(find({ project: 'shop', own: null }))
})

test('orders are known by all that they say', () => {
  const versions = [
    order('a'),
    order('b'),
    order('a', { text: 'x' }),
    order('a', { action: 'flag' }),
    order('a', { mode: 'tail' }),
    order('a', { on: 'answer' }),
    order('a', { onError: 'allow' }),
    order('a', { strict: true }),
    order('a', { input: { limit: 1 } }),
  ].map((one) => toOrders([one]).version)
  expect(new Set(versions).size).toBe(versions.length)
  expect(toOrders([order('a')]).version).toBe(toOrders([order('a')]).version)
})

test('any number of projects costs bounded memory', () => {
  const find = createFindOrders(book, 'first')
  for (let at = 0; at < 2000; at++) expect(names(find({ project: `p${at}`, own: null }))).toEqual(['file'])
})
