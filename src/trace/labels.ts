import type { Database } from 'bun:sqlite'

/**
 * Labels of credentials: the first of a keyed hash, so that they tell clients apart in one store and nothing to anybody
 * who has only the label, or another store's.
 */
export function createLabels(database: Database): (credential: string) => string {
  const { key } = database.query<{ key: Uint8Array }, []>('SELECT key FROM client_key').get() ?? { key: null }
  if (key === null) return () => 'unknown'
  return (credential) =>
    new Bun.CryptoHasher('sha256', Buffer.from(key)).update(credential).digest('hex').slice(0, 8)
}
