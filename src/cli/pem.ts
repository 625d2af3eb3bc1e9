import { readFileSync } from 'node:fs'

/** A file of certificates or a key. Whoever wrote the text itself in place of its path must not read it in a log. */
export function readPem(path: string): string {
  if (path.includes('-----BEGIN')) throw new Error('A certificate or its key must be the path of a file')
  return readFileSync(path, 'utf8')
}
