import { createCrowd, type Crowd } from './crowd.ts'

/**
 * Credentials do not get into the store, wherever they turn up: each is overwritten in place, by as many
 * asterisks. Native search: 0.3 µs a KiB and secret where there is none, which is nearly always.
 */
const asterisk = 0x2a
/** Shorter ones would also hit innocent text, and are no credentials of any provider. */
const leastSecretLength = 8
// An exchange has one to three secrets, in up to three forms each. From about here on it is quicker to look for all at
// once, which takes 3 ms a MiB.
const mostEach = 64
const mostEachBytes = 8192
// At some 500 bytes each. Longer lists are those of clients with cookies, which change.
const mostKnown = 1024
const mostOfOne = 8

export type Secrets = {
  readonly texts: readonly string[]
  readonly bytes: readonly Buffer[]
  /** Instead of the search for each, where they are many. */
  readonly crowd: Crowd | null
}

export function createSecrets(secrets: readonly string[]): Secrets {
  const texts = new Set<string>()
  for (const secret of secrets) {
    if (secret.length < leastSecretLength) continue
    texts.add(secret)
    texts.add(JSON.stringify(secret).slice(1, -1))
    texts.add(encodeURIComponent(secret.toWellFormed()))
  }
  // Longer ones first: a secret may be part of another, as a token is of `Bearer <token>`.
  const sorted = [...texts].sort((one, other) => other.length - one.length)
  const bytes = sorted.map((text) => Buffer.from(text))
  const isCrowd = bytes.length > mostEach || totalOf(bytes) > mostEachBytes
  return { texts: sorted, bytes, crowd: isCrowd ? createCrowd(bytes) : null }
}

/** The same, made once for a client's many exchanges: 3 µs for one key. */
export function createSecretsOf(): (secrets: readonly string[]) => Secrets {
  const known = new Map<string, Secrets>()
  return (secrets) => {
    if (secrets.length > mostOfOne) return createSecrets(secrets)
    const key = JSON.stringify(secrets)
    const before = known.get(key)
    if (before !== undefined) return before
    if (known.size >= mostKnown) known.clear()
    const made = createSecrets(secrets)
    known.set(key, made)
    return made
  }
}

function totalOf(bytes: readonly Buffer[]): number {
  return bytes.reduce((sum, { length }) => sum + length, 0)
}

export function maskText(text: string, secrets: Secrets): string {
  if (secrets.crowd !== null) {
    const bytes = Buffer.from(text)
    const hidden = secrets.crowd.mask(bytes)
    return hidden === bytes ? text : hidden.toString()
  }
  let masked = text
  for (const secret of secrets.texts) {
    if (masked.includes(secret)) masked = masked.replaceAll(secret, '*'.repeat(secret.length))
  }
  return masked
}

/** The same bytes if nothing had to be hidden, otherwise a copy: others still hash the true ones. */
export function maskBytes(bytes: Buffer, secrets: Secrets): Buffer {
  if (secrets.crowd !== null) return secrets.crowd.mask(bytes)
  let masked = bytes
  for (const secret of secrets.bytes) {
    let at = masked.indexOf(secret)
    if (at !== -1 && masked === bytes) masked = Buffer.from(bytes)
    while (at !== -1) {
      masked.fill(asterisk, at, at + secret.length)
      at = masked.indexOf(secret, at + secret.length)
    }
  }
  return masked
}

/** How many last bytes may be the start of a secret, which goes on in bytes that are still to come. Of many: any. */
export function openSecretLength(bytes: Buffer, secrets: Secrets): number {
  if (secrets.crowd !== null) return Math.min(bytes.length, secrets.crowd.longestBytes - 1)
  let most = 0
  for (const secret of secrets.bytes) most = Math.max(most, commonEnd(bytes, secret))
  return most
}

function commonEnd(bytes: Buffer, secret: Buffer): number {
  const first = secret[0] ?? 0
  let at = bytes.indexOf(first, Math.max(0, bytes.length - secret.length + 1))
  while (at !== -1) {
    const length = bytes.length - at
    if (bytes.compare(secret, 0, length, at) === 0) return length
    at = bytes.indexOf(first, at + 1)
  }
  return 0
}
