import type { World } from '../../../../src/cli/world.ts'

/** Files in memory, below `/srv`, where the commands of tests are started. */
export function filesOf(texts: Readonly<Record<string, string>>): Pick<
  World,
  'readText' | 'findFiles' | 'writeNew'
> & {
  readonly files: Map<string, string>
} {
  const files = new Map(Object.entries(texts).map(([name, text]) => [`/srv/${name}`, text]))
  return {
    files,
    readText: async (path) => files.get(path) ?? null,
    findFiles: async (path, ending) => {
      if (files.has(path)) return [path]
      const below = [...files.keys()].filter((name) => name.startsWith(`${path}/`))
      if (below.length === 0 && path !== '/srv') return null
      return below.filter((name) => name.endsWith(ending)).sort()
    },
    writeNew: async (path, text) => {
      if (files.has(path)) return false
      files.set(path, text)
      return true
    },
  }
}

/** Fires on each message with the word in it, and marks the word. */
export function ruleOn(word: string, message = `says ${word}`): string {
  return `raise "${message}" if:\n    (m: Message)\n    "${word}" in m.content\n`
}
