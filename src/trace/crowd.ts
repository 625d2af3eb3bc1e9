/**
 * Many secrets, or long ones, looked for all at once: one look at each byte, however many they are. Credentials do not
 * come so, but cookies may, and so may whoever wants to keep the thread busy: 6,000 in the headers of one request take
 * 10 ms a MiB, where looking for each takes 150 to 300; made to look alike, 100.
 */
export type Crowd = {
  /** The same bytes if nothing had to be hidden, otherwise a copy. */
  readonly mask: (bytes: Buffer) => Buffer
  readonly longestBytes: number
}

const asterisk = 0x2a
// By so many of its first bytes a secret is noticed: they are its place, which few other texts share.
const windowBytes = 8
const places = 1 << 18
// What a text may cost, in nanoseconds or so, to tell what is a secret from what only begins like one. Only what was made
// to costs more, and from there on all that begins so is hidden, as long as the longest: too much rather than too little.
const costPerByte = 64
const leastCost = 1 << 16
const costOfLook = 64

/** None of them may be shorter than eight bytes. */
export function createCrowd(secrets: readonly Buffer[]): Crowd {
  const known = new Set(secrets.map((secret) => secret.toString('latin1')))
  const isTaken = new Uint8Array(places)
  const lengths = new Map<number, number[]>()
  let longestBytes = 0
  for (const secret of secrets.toSorted((one, other) => other.length - one.length)) {
    const place = placeOf(secret.readInt32LE(0), secret.readInt32LE(4))
    const others = lengths.get(place)
    if (others === undefined) lengths.set(place, [secret.length])
    else if (others.at(-1) !== secret.length) others.push(secret.length)
    isTaken[place] = 1
    longestBytes = Math.max(longestBytes, secret.length)
  }

  function mask(bytes: Buffer): Buffer {
    let masked = bytes
    let left = leastCost + bytes.length * costPerByte
    let hiddenTo = 0
    let first = 0
    let second = 0

    /** How many bytes of a secret are here, the longest that is; 0 if none is. */
    function lengthAt(at: number, some: readonly number[]): number {
      for (const length of some) {
        if (left <= 0) return length
        left -= costOfLook + length
        if (known.has(bytes.toString('latin1', at, at + length))) return length
      }
      return 0
    }

    for (let end = 1; end <= bytes.length; end++) {
      first = (first >>> 8) | (second << 24)
      second = (second >>> 8) | ((bytes[end - 1] ?? 0) << 24)
      const place = placeOf(first, second)
      if (isTaken[place] === 0 || end < windowBytes) continue
      const at = end - windowBytes
      const to = Math.min(bytes.length, at + lengthAt(at, lengths.get(place) ?? []))
      if (to === at || to <= hiddenTo) continue
      if (masked === bytes) masked = Buffer.from(bytes)
      // Byte by byte: what overlaps may grow by one at a time, and a native call for each took 400 ns.
      for (hiddenTo = Math.max(hiddenTo, at); hiddenTo < to; hiddenTo++) masked[hiddenTo] = asterisk
    }
    return masked
  }

  return { mask, longestBytes }
}

/** A number below `places` for eight bytes. */
function placeOf(first: number, second: number): number {
  return (Math.imul(first, 0x9e3779b1) ^ Math.imul(second, 0x85ebca6b)) >>> 14
}
