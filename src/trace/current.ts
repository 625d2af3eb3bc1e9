import { statSync } from 'node:fs'
import { openReader, type Store } from './store.ts'

/**
 * The store of a path as it is now, for a thread that reads: opened when it is first asked for. One that was moved aside as
 * corrupt is let go: its successor is another file under the same name.
 */
export function createCurrent<Use>(path: string, use: (store: Store) => Use): () => Use {
  let opened: { readonly used: Use; readonly store: Store; readonly file: number } | null = null
  return () => {
    const file = statSync(path).ino
    if (opened?.file === file) return opened.used
    opened?.store.close()
    opened = null
    const store = openReader(path)
    opened = { used: use(store), store, file }
    return opened.used
  }
}
