import { expect, test } from 'bun:test'
import { restartKeys, restartNote } from '../../../src/cli/restart.ts'
import { loadConfig } from '../../../src/config/load.ts'
import type { Config } from '../../../src/config/schema.ts'

function configOf(text: string): Config {
  const loaded = loadConfig(text, '/srv/weir.yaml', { HOME: '/home/ada' })
  if (loaded.kind === 'faulty') throw new Error(JSON.stringify(loaded.problems))
  return loaded.config
}

const started = configOf('')

test('what can change while it runs needs no restart', () => {
  const next = configOf(`
log: debug
providers: {openai: {key: new}}
timeouts: {idleMs: 1000}
limits: {openExchanges: 5}
keepAliveMs: 1000
whenClientLeaves: drain
projects: {research: {}}
`)
  expect(restartKeys(started, next)).toEqual([])
})

test('what cannot is named, each bound of the traces by itself', () => {
  const next = configOf(`
listen: 127.0.0.1:1
data: /elsewhere
token: 0123456789abcdef
traces: {keepDays: 1, durable: true}
`)
  expect(restartKeys(started, next).sort()).toEqual([
    'data',
    'listen',
    'token',
    'traces.durable',
    'traces.keepDays',
  ])
})

test('where traces are pushed to needs one, project by project', () => {
  const one = configOf(
    "projects: {a: {push: {url: 'http://127.0.0.1:1'}}, b: {push: {url: 'http://127.0.0.1:1'}}}",
  )
  const other = configOf(
    "projects: {a: {push: {url: 'http://127.0.0.1:2'}}, b: {push: {url: 'http://127.0.0.1:1'}}}",
  )
  expect(restartKeys(one, one)).toEqual([])
  expect(restartKeys(one, other)).toEqual(['projects.a.push'])
  expect(restartKeys(started, one)).toEqual(['projects.a.push', 'projects.b.push'])
  expect(restartKeys(one, started)).toEqual(['projects.a.push', 'projects.b.push'])
})

test('other files of a certificate need none, but to begin or end with TLS does', () => {
  const one = configOf('tls: {cert: a.pem, key: b.pem}')
  const other = configOf('tls: {cert: c.pem, key: d.pem}')
  expect(restartKeys(one, other)).toEqual([])
  expect(restartKeys(started, one)).toEqual(['tls'])
  expect(restartKeys(one, started)).toEqual(['tls'])
})

test('the manual says of each key that needs a restart that it does, and of no other', () => {
  const all = configOf(`
listen: 127.0.0.1:1
data: /elsewhere
token: 0123456789abcdef
tls: {cert: a.pem, key: b.pem}
traces: {keepDays: 1}
ledger: {estimate: false}
log: debug
timeouts: {idleMs: 1000}
limits: {openExchanges: 5}
keepAliveMs: 1000
whenClientLeaves: drain
projects: {research: {push: {url: 'http://127.0.0.1:1'}}}
`)
  const noted = Object.keys(all).filter((key) => restartNote(key) !== null)
  const needed = new Set(restartKeys(started, all).map((key) => key.split('.')[0] ?? ''))
  expect(new Set(noted)).toEqual(needed)
})
