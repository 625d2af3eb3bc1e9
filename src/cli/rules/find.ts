import { resolve } from 'node:path'
import { printableLine } from '../paint.ts'
import type { World } from '../world.ts'

/** The rule files that a command is given: files by name, and folders with all that end in `.gr`. */
export const ruleEnding = '.gr'

/** As it was typed, and where it is. */
export type RuleFile = { readonly name: string; readonly path: string; readonly text: string }

/** Throws, with what to tell, if one of them is not there. */
export async function findRules(names: readonly string[], world: World): Promise<readonly RuleFile[]> {
  const files = new Map<string, RuleFile>()
  for (const name of names.length === 0 ? ['.'] : names) {
    for (const file of await findIn(name, world)) files.set(file.path, file)
  }
  if (files.size === 0)
    throw new Error(`There are no rules (files that end in ${ruleEnding}) in ${shown(names)}`)
  return [...files.values()]
}

async function findIn(name: string, world: World): Promise<readonly RuleFile[]> {
  const { folder, readBytes, findFiles } = world
  if (name === '-') {
    const bytes = await readBytes('-')
    return [{ name: '-', path: '-', text: new TextDecoder().decode(bytes ?? new Uint8Array()) }]
  }
  const from = resolve(folder, name)
  const paths = await findFiles(from, ruleEnding)
  if (paths === null) throw new Error(`There is no file ${printableLine(name)}`)
  const files: RuleFile[] = []
  for (const path of paths) {
    const text = await world.readText(path)
    if (text !== null) files.push({ name: nearName(path, folder), path, text })
  }
  return files
}

/** As short as it can be said from here. */
export function nearName(path: string, folder: string): string {
  return path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : path
}

function shown(names: readonly string[]): string {
  return names.length === 0 ? 'this folder' : names.map(printableLine).join(', ')
}
