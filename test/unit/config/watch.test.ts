import { afterEach, beforeEach, expect, test } from 'bun:test'
import { mkdir, mkdtemp, rename, rm, symlink, unlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createCheck, watchConfig } from '../../../src/config/watch.ts'

let folder = ''
let file = ''

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weir-watch-'))
  file = join(folder, 'weir.yaml')
  await writeFile(file, 'one')
})

afterEach(() => rm(folder, { recursive: true }))

/** The text of the first change after an action. */
async function changeAfter(action: () => Promise<void>): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>()
  const watch = await watchConfig(file, resolve)
  await action()
  const text = await promise
  watch.stop()
  return text
}

test('a file that is written again is told', async () => {
  expect(await changeAfter(() => writeFile(file, 'two'))).toBe('two')
})

test('a file that another takes the place of is told, as editors do it', async () => {
  const text = await changeAfter(async () => {
    await writeFile(join(folder, '.swap'), 'two')
    await rename(join(folder, '.swap'), file)
  })
  expect(text).toBe('two')
})

test('a swapped link to the folder behind is told, as Kubernetes does it', async () => {
  await unlink(file)
  for (const version of ['one', 'two']) {
    await mkdir(join(folder, version))
    await writeFile(join(folder, version, 'weir.yaml'), version)
  }
  await symlink('one', join(folder, '..data'))
  await symlink('..data/weir.yaml', file)
  const text = await changeAfter(async () => {
    await symlink('two', join(folder, '..next'))
    await rename(join(folder, '..next'), join(folder, '..data'))
  })
  expect(text).toBe('two')
})

test('a file that a link leads to elsewhere is told', async () => {
  const elsewhere = join(folder, 'elsewhere')
  await mkdir(elsewhere)
  await rename(file, join(elsewhere, 'real.yaml'))
  await symlink('elsewhere/real.yaml', file)
  expect(await changeAfter(() => writeFile(join(elsewhere, 'real.yaml'), 'two'))).toBe('two')
})

test('the same text, and a file that is gone, are no change', async () => {
  const told: string[] = []
  const check = await createCheck(file, (text) => told.push(text))
  await check()
  await writeFile(file, 'one')
  await check()
  await unlink(file)
  await check()
  expect(told).toEqual([])
  await writeFile(file, 'two')
  await check()
  await check()
  expect(told).toEqual(['two'])
})

test('several writes in a row are one change', async () => {
  const told: string[] = []
  const done = Promise.withResolvers<void>()
  const watch = await watchConfig(file, (text) => {
    told.push(text)
    done.resolve()
  })
  for (const text of ['a', 'ab', 'abc']) await writeFile(file, text)
  await done.promise
  watch.stop()
  expect(told).toEqual(['abc'])
})
