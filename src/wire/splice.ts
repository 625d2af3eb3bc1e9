/** Where the bytes sent differ from the bytes received: `length` of them at `at` replaced. */
export type Splice = { readonly at: number; readonly length: number; readonly with: string }

/** What makes the one of the other, in one place however many differ; null where they are the same. */
export function spliceBetween(before: Uint8Array, after: Uint8Array): Splice | null {
  const most = Math.min(before.length, after.length)
  let start = 0
  while (start < most && before[start] === after[start]) start++
  if (start === before.length && start === after.length) return null
  let left = 0
  while (left < most - start && before[before.length - 1 - left] === after[after.length - 1 - left]) left++
  // A character is not torn: what is put in is kept as text.
  while (start > 0 && isInside(after, start)) start--
  while (left > 0 && isInside(after, after.length - left)) left--
  const put = decoder.decode(after.subarray(start, after.length - left))
  return { at: start, length: before.length - left - start, with: put }
}

/** Both as one: `second` was made in what `first` had left, which became `after`. */
export function joinSplices(first: Splice | null, second: Splice, after: Uint8Array): Splice {
  if (first === null) return second
  const grown = Buffer.byteLength(first.with) - first.length
  const start = Math.min(first.at, second.at)
  const end = Math.max(first.at + Buffer.byteLength(first.with), second.at + second.length)
  const endAfter = end + Buffer.byteLength(second.with) - second.length
  return { at: start, length: end - grown - start, with: decoder.decode(after.subarray(start, endAfter)) }
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

function isInside(bytes: Uint8Array, at: number): boolean {
  return ((bytes[at] ?? 0) & 0xc0) === 0x80
}
