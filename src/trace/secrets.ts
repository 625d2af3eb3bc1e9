/**
 * Credentials do not get into the store, wherever they turn up: each is overwritten in place, by as many
 * asterisks. Native search: 0.3 µs a KiB and secret where there is none, which is nearly always.
 */
const asterisk = 0x2a
/** Shorter ones would also hit innocent text, and are no credentials of any provider. */
const leastSecretLength = 8

export type Secrets = { readonly texts: readonly string[]; readonly bytes: readonly Buffer[] }

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
  return { texts: sorted, bytes: sorted.map((text) => Buffer.from(text)) }
}

export function maskText(text: string, secrets: Secrets): string {
  let masked = text
  for (const secret of secrets.texts) {
    if (masked.includes(secret)) masked = masked.replaceAll(secret, '*'.repeat(secret.length))
  }
  return masked
}

/** The same bytes if nothing had to be hidden, otherwise a copy: others still hash the true ones. */
export function maskBytes(bytes: Buffer, secrets: Secrets): Buffer {
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

/** How many last bytes may be the start of a secret, which goes on in bytes that are still to come. */
export function openSecretLength(bytes: Buffer, secrets: Secrets): number {
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
