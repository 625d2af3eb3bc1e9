import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { readText, wait } from '../../../src/cli/system.ts'
import { createFolder } from '../../support/traces.ts'

test('a wait ends at once when the signal fires, and does not begin when it has', async () => {
  const stop = new AbortController()
  const waiting = wait(1e9, stop.signal)
  stop.abort()
  await waiting
  await wait(1e9, stop.signal)
})

test('a file that is not there is null, and what is no file is an error', async () => {
  using folder = createFolder()
  expect(await readText(join(folder.path, 'none'))).toBeNull()
  await Bun.write(join(folder.path, 'some'), 'text')
  expect(await readText(join(folder.path, 'some'))).toBe('text')
  await expect(readText(folder.path)).rejects.toThrow()
})
