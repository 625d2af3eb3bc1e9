import { expect, test } from 'bun:test'
import { chmodSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { findFiles, readText, typedCommand, writeNew } from '../../../src/cli/system.ts'
import { createFolder } from '../../support/traces.ts'

test('a file that is not there is null, and what is no file is an error', async () => {
  using folder = createFolder()
  expect(await readText(join(folder.path, 'none'))).toBeNull()
  await Bun.write(join(folder.path, 'some'), 'text')
  expect(await readText(join(folder.path, 'some'))).toBe('text')
  await expect(readText(folder.path)).rejects.toThrow()
})

test('what the user types is told for a clone and for the executable, with and without them on the path', async () => {
  using folder = createFolder()
  const place = async (name: string, file: string) => {
    const path = join(folder.path, name)
    mkdirSync(path, { recursive: true })
    await Bun.write(join(path, file), '#!/bin/sh\n')
    chmodSync(join(path, file), 0o755)
    return path
  }
  const bun = await place('bin', 'bun')
  const npx = await place('_npx/1/node_modules/.bin', 'bun')
  const weir = await place('weir', 'weir')
  const typed = (path: readonly string[], own: readonly string[]) =>
    typedCommand({ PATH: path.join(':') }, own)
  const clone = ['/any/bun', '/clone/src/main.ts']
  expect(typed([npx, bun], clone)).toBe('bun run weir')
  expect(typed([npx], clone)).toBe(`npx -y bun@${Bun.version} run weir`)
  expect(typed([npx, weir], [join(weir, 'weir')])).toBe('weir')
  expect(typed([bun], [join(weir, 'weir')])).toBe(join(weir, 'weir'))
  expect(typed([await place('other', 'weir')], [join(weir, 'weir')])).toBe(join(weir, 'weir'))
})

test('files are found in a folder and below it, in order, but not among what was installed or is hidden', async () => {
  using folder = createFolder()
  const at = (name: string) => join(folder.path, name)
  for (const name of ['b.gr', 'a/c.gr', 'a/d.txt', 'node_modules/e.gr', 'a/node_modules/f.gr', '.git/g.gr'])
    await Bun.write(at(name), '')
  expect(await findFiles(folder.path, '.gr')).toEqual([at('a/c.gr'), at('b.gr')])
  expect(await findFiles(at('a/d.txt'), '.gr')).toEqual([at('a/d.txt')])
  expect(await findFiles(at('none'), '.gr')).toBeNull()
})

test('a file is written where there is none, with the folders on the way', async () => {
  using folder = createFolder()
  const path = join(folder.path, 'a/b/c')
  expect(await writeNew(path, 'one')).toBe(true)
  expect(await writeNew(path, 'two')).toBe(false)
  expect(await readText(path)).toBe('one')
  await expect(writeNew(join(path, 'd'), '')).rejects.toThrow()
})
