import { expect, test } from 'bun:test'
import { statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { lockFolder } from '../../../src/trace/lock.ts'
import { createFolder } from '../../support/traces.ts'

test('a folder is locked for one at a time, and free again once that one has let go', () => {
  using folder = createFolder()
  const path = join(folder.path, 'new')
  const first = lockFolder(path)
  expect(first.kind).toBe('held')
  expect(lockFolder(path)).toMatchObject({ kind: 'failed', trouble: { kind: 'locked' } })
  if (first.kind === 'held') first.release()
  const next = lockFolder(path)
  expect(next.kind).toBe('held')
  if (next.kind === 'held') next.release()
  expect(statSync(join(path, 'weir.lock')).mode & 0o777).toBe(0o600)
})

test('a folder that cannot be one is told as trouble, not thrown', () => {
  using folder = createFolder()
  const path = join(folder.path, 'file')
  writeFileSync(path, '')
  expect(lockFolder(path)).toMatchObject({ kind: 'failed', trouble: { kind: 'broken' } })
})
