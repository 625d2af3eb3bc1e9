import { Database } from 'bun:sqlite'
import { expect, test } from 'bun:test'
import { migrations } from '../../../src/trace/migrations.ts'

const [first = '', endNobodySaw = ''] = migrations

test('a file of an earlier Weir keeps its durations, but for those that were only its last reads', () => {
  using database = new Database(':memory:')
  database.run(first)
  const insert = database.prepare(
    `INSERT INTO traces (id, outcome, called_ms, ended_ms, started_at, project, stream, method, path,
       request_received_bytes, request_sent_bytes, reply_received_bytes, reply_sent_bytes, attempts,
       dropped_request, dropped_reply)
     VALUES (?, ?, ?, 7, 0, 'default', 0, 'POST', '/', 0, 0, 0, 0, 1, 0, 0)`,
  )
  insert.run('answered', 'answered', 1)
  insert.run('stopped', 'interrupted', 1)
  insert.run('refused', 'refused', null)
  insert.run('recovered', 'answered', null)
  insert.run('killed', 'interrupted', null)
  database.run(endNobodySaw)
  const rows = database.query<{ id: string; ended_ms: number | null }, []>('SELECT id, ended_ms FROM traces')
  expect(Object.fromEntries(rows.all().map(({ id, ended_ms }) => [id, ended_ms]))).toEqual({
    answered: 7,
    stopped: 7,
    refused: 7,
    recovered: null,
    killed: null,
  })
})

test('the traces of an earlier Weir are numbered in their projects, in the order they began', () => {
  using database = new Database(':memory:')
  const home = migrations.findIndex((step) => step.includes('CREATE TABLE dataset'))
  for (const step of migrations.slice(0, home)) database.run(step)
  const insert = database.prepare(
    `INSERT INTO traces (id, project, outcome, started_at, stream, method, path, request_received_bytes,
       request_sent_bytes, reply_received_bytes, reply_sent_bytes, attempts, dropped_request, dropped_reply)
     VALUES (?, ?, 'answered', ?, 0, 'POST', '/', 0, 0, 0, 0, 1, 0, 0)`,
  )
  insert.run('b', 'one', 2)
  insert.run('c', 'two', 3)
  insert.run('a', 'one', 1)
  for (const step of migrations.slice(home)) database.run(step)
  expect(database.query('SELECT id, project, number, origin FROM traces ORDER BY id').all()).toEqual([
    { id: 'a', project: 'one', number: 0, origin: 'recorded' },
    { id: 'b', project: 'one', number: 1, origin: 'recorded' },
    { id: 'c', project: 'two', number: 0, origin: 'recorded' },
  ])
  expect(database.query('SELECT name, created_at, pushed_at, next FROM dataset ORDER BY name').all()).toEqual(
    [
      { name: 'one', created_at: 1, pushed_at: 2, next: 2 },
      { name: 'two', created_at: 3, pushed_at: 3, next: 1 },
    ],
  )
})
