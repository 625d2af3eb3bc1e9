import { watch } from 'node:fs'
import { readFile, realpath } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'

/**
 * Tells when the text of a file has become another. The folder is watched and not the file: editors put a new
 * file in its place, and Kubernetes swaps a link beside it, after which a watched file is silent for ever.
 */
export type Watch = { readonly stop: () => void }

/** A file is often written in several steps: its text counts once nothing has happened for so long. */
const settleMs = 100

export async function watchConfig(file: string, onChange: (text: string) => void): Promise<Watch> {
  const check = await createCheck(file, onChange)
  const timer = createSettling(check)
  const folders = new Set([dirname(resolve(file)), dirname(await realpath(file))])
  const watchers = [...folders].map((folder) => watch(folder, timer.restart))
  // A folder that goes away has nothing more to tell; without a listener this would end the process.
  for (const watcher of watchers) watcher.on('error', timer.restart)
  return {
    stop: () => {
      timer.clear()
      for (const watcher of watchers) watcher.close()
    },
  }
}

/** Reads the file and compares. One that is gone, as between two steps of an editor, changes nothing. */
export async function createCheck(
  file: string,
  onChange: (text: string) => void,
): Promise<() => Promise<void>> {
  let last = await read(file)
  return async () => {
    const text = await read(file)
    if (text === null || text === last) return
    last = text
    onChange(text)
  }
}

async function read(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && typeof error.code === 'string') return null
    throw error
  }
}

function createSettling(action: () => Promise<void>): { restart: () => void; clear: () => void } {
  let timer: ReturnType<typeof setTimeout> | undefined
  const clear = (): void => clearTimeout(timer)
  return {
    clear,
    restart: () => {
      clear()
      timer = setTimeout(() => void action(), settleMs)
    },
  }
}
