import { expect, test } from 'bun:test'
import { isAboutOneReport, troubleOf } from '../../../src/trace/trouble.ts'
import { memoryStore } from '../../support/traces.ts'

const failing = (code: string) => Object.assign(new Error('words'), { code })

test('each trouble is told by its kind, with the words of whoever met it', () => {
  const kinds = ['SQLITE_FULL', 'SQLITE_BUSY', 'SQLITE_NOTADB', 'EACCES', 'SQLITE_IOERR_READ', ''].map(
    (code) => troubleOf(failing(code)),
  )
  expect(kinds.map(({ kind }) => kind)).toEqual([
    'full',
    'locked',
    'corrupt',
    'forbidden',
    'broken',
    'broken',
  ])
  expect(kinds[0]?.message).toBe('words')
  expect(troubleOf('text')).toEqual({ kind: 'broken', message: 'text' })
})

test('a row that is refused concerns one report, a file that is full concerns all', () => {
  const { database } = memoryStore()
  const errorOf = (sql: string) => {
    try {
      database.run(sql)
    } catch (error) {
      return error
    }
    return null
  }
  expect(isAboutOneReport(errorOf(`INSERT INTO payload (seq) VALUES (1)`))).toBe(true)
  database.run('PRAGMA max_page_count = 1')
  expect(isAboutOneReport(errorOf(`INSERT INTO payload (seq, data) VALUES (1, zeroblob(100000000))`))).toBe(
    false,
  )
  expect(isAboutOneReport(new TypeError('a bug'))).toBe(true)
})
