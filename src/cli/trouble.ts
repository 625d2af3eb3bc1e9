import type { Trouble, TroubleKind } from '../trace/trouble.ts'

/** What is wrong with the store's file, as one line that says what can be done. */
export function troubled(path: string, { kind, message }: Trouble): Error {
  return new Error(`${texts[kind](path)} (${message})`)
}

const texts: Readonly<Record<TroubleKind, (path: string) => string>> = {
  full: (path) => `There is no space left for ${path}`,
  locked: (path) => `${path} is locked by another process: try again, or ask the running Weir with --url`,
  corrupt: (path) => `${path} is damaged, or no store of Weir: weir serve moves it aside and begins anew`,
  forbidden: (path) => `${path} may not be opened: try as the user that Weir runs as, or ask Weir with --url`,
  newer: (path) => `${path} was written by a newer Weir: use that one`,
  broken: (path) => `${path} cannot be used`,
}
