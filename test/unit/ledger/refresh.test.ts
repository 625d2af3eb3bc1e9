import { REMOTE_DATA_JSON_URL } from '@pydantic/genai-prices'
import { expect, test } from 'bun:test'
import { existsSync, readFileSync, readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ageOf, publishedAt, refreshPrices } from '../../../src/ledger/refresh.ts'
import { createFreshness } from '../../../src/cli/freshness.ts'
import { createFolder, quiet } from '../../support/traces.ts'

const data = JSON.stringify([{ id: 'one', api_pattern: 'x', models: [{ id: 'a' }, { id: 'b' }] }])
const { signal } = new AbortController()

test('prices come from where their library publishes them', () => {
  expect(publishedAt).toBe(REMOTE_DATA_JSON_URL)
})

test('what was downloaded is put in place whole, also where there was no folder', async () => {
  using folder = createFolder()
  const path = join(folder.path, 'new', 'prices.json')
  const asked: string[] = []
  const get = async (url: string) => {
    asked.push(url)
    return new Response(data)
  }
  expect(await refreshPrices({ get, path, signal })).toEqual({ providers: 1, models: 2 })
  expect(asked).toEqual([publishedAt])
  expect(readFileSync(path, 'utf8')).toBe(data)
  expect(readdirSync(join(folder.path, 'new'))).toEqual(['prices.json'])
})

test('what is no list of prices leaves what was there', async () => {
  using folder = createFolder()
  const path = join(folder.path, 'prices.json')
  writeFileSync(path, 'before')
  const answers = [
    () => new Response('{}'),
    () => new Response('[]'),
    () => new Response('<html>'),
    () => new Response(data, { status: 404 }),
  ]
  for (const answer of answers) {
    expect(refreshPrices({ get: async () => answer(), path, signal })).rejects.toThrow(publishedAt)
  }
  const broken = refreshPrices({ get: () => Promise.reject(new Error('no network')), path, signal })
  expect(broken).rejects.toThrow('no network')
  await Promise.allSettled([broken])
  expect(readFileSync(path, 'utf8')).toBe('before')
})

test('once a day is enough, and a failure is told and changes nothing', async () => {
  using folder = createFolder()
  const path = join(folder.path, 'prices.json')
  const now = 1_700_000_000_000
  let asked = 0
  const events: string[] = []
  const get = async () => {
    asked++
    return new Response(data)
  }
  const log = (_: string, event: string) => void events.push(event)
  const freshen = createFreshness({ get, path, log, now: () => now })
  expect(ageOf(path, now)).toBe(Infinity)
  await freshen()
  utimesSync(path, now / 1000 - 86_399, now / 1000 - 86_399)
  await freshen()
  expect(asked).toBe(1)
  utimesSync(path, now / 1000 - 86_400, now / 1000 - 86_400)
  await freshen()
  expect(asked).toBe(2)
  expect(events).toEqual(['prices-refreshed', 'prices-refreshed'])
  const failing = createFreshness({
    get: () => Promise.reject(new Error('no')),
    path,
    log,
    now: () => now * 2,
  })
  await failing()
  expect(events.at(-1)).toBe('prices-stale')
  expect(existsSync(path)).toBe(true)
  await createFreshness({ get, path, log: quiet, now: () => now * 2 })()
  expect(asked).toBe(3)
})
