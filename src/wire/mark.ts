/** Finds texts in a body that comes in parts, also where a cut goes through one. */
export function createMarkFinder(marks: readonly string[]): (chunk: Uint8Array) => boolean {
  const sought = marks.map((mark) => Buffer.from(mark))
  const reach = Math.max(1, ...sought.map((mark) => mark.byteLength)) - 1
  // The end of what has been seen, which may be the beginning of a mark.
  let tail = Buffer.alloc(0)
  return (chunk) => {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    const seam = Buffer.concat([tail, bytes.subarray(0, reach)])
    tail =
      bytes.byteLength >= reach
        ? Buffer.from(bytes.subarray(bytes.byteLength - reach))
        : seam.subarray(-reach)
    return sought.some((mark) => bytes.includes(mark) || seam.includes(mark))
  }
}
