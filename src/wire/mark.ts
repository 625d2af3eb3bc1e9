/**
 * Finds texts in a body that comes in parts, also where a cut goes through one: the end of the last part is looked at
 * again together with the next.
 */
export function createMarkFinder(marks: readonly string[]): (chunk: Uint8Array) => boolean {
  const longest = Math.max(0, ...marks.map((mark) => Buffer.byteLength(mark)))
  // What has been seen and may be the beginning of a mark.
  let tail = Buffer.alloc(0)
  return (chunk) => {
    const seen = Buffer.concat([tail, chunk])
    tail = seen.subarray(Math.max(0, seen.length - longest + 1))
    return marks.some((mark) => seen.includes(mark))
  }
}
