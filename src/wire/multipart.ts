/**
 * A multipart body (RFC 2046, RFC 7578) into its parts, without copying them: boundaries are found by native search, so
 * that 25 MB of audio take a few milliseconds.
 */
export type Part = {
  readonly name: string | null
  readonly fileName: string | null
  readonly contentType: string | null
  /** A window on the body. */
  readonly bytes: Buffer
}

const mostParts = 1000
const mostHeadBytes = 16 * 1024

/** Null for a body that is none, or has more parts than any form. What a cut body has of its last part is told. */
export function readMultipart(body: Uint8Array, contentType: string): Part[] | null {
  const boundary = boundaryOf(contentType)
  if (boundary === null) return null
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  const parts: Part[] = []
  let at = endOfBoundary(bytes, boundary, 0)
  while (at !== null) {
    if (parts.length === mostParts) return null
    const next = bytes.indexOf(`\n--${boundary}`, at - 1)
    const end = next === -1 ? bytes.length : bytes[next - 1] === 0x0d ? next - 1 : next
    const part = partOf(bytes.subarray(at, Math.max(at, end)))
    if (part === null) return null
    parts.push(part)
    at = next === -1 ? null : endOfBoundary(bytes, boundary, next)
  }
  return parts.length === 0 ? null : parts
}

export function boundaryOf(contentType: string): string | null {
  if (!/^\s*multipart\//i.test(contentType)) return null
  const [, quoted, plain] = /;\s*boundary=(?:"([^"]{1,200})"|([^\s;"]{1,200}))/i.exec(contentType) ?? []
  return quoted ?? plain ?? null
}

/** Behind the line of the next boundary; null if it is the last one, or there is none. */
function endOfBoundary(bytes: Buffer, boundary: string, from: number): number | null {
  const start = bytes.indexOf(`--${boundary}`, from)
  if (start === -1) return null
  const behind = start + 2 + Buffer.byteLength(boundary)
  if (bytes.toString('latin1', behind, behind + 2) === '--') return null
  const line = bytes.indexOf(0x0a, behind)
  return line === -1 ? null : line + 1
}

function partOf(bytes: Buffer): Part | null {
  const { head, content } = splitHead(bytes)
  if (head === null) return null
  const disposition = headerOf(head, 'content-disposition')
  const extended = parameterOf(disposition, 'filename*')
  return {
    name: parameterOf(disposition, 'name'),
    fileName: extended === null ? parameterOf(disposition, 'filename') : unextended(extended),
    contentType: headerOf(head, 'content-type') || null,
    bytes: content,
  }
}

function splitHead(bytes: Buffer): { head: string | null; content: Buffer } {
  // No headers at all: the blank line comes first.
  const blank = /^\r?\n/.exec(bytes.toString('latin1', 0, 2))
  if (blank !== null) return { head: '', content: bytes.subarray(blank[0].length) }
  const start = bytes.toString('utf8', 0, mostHeadBytes)
  const end = /\r?\n\r?\n/.exec(start)
  if (end === null) return { head: null, content: bytes }
  const head = start.slice(0, end.index)
  return { head, content: bytes.subarray(Buffer.byteLength(head) + end[0].length) }
}

function headerOf(head: string, name: string): string {
  const line = head.split(/\r?\n(?![ \t])/).find((each) => each.toLowerCase().startsWith(`${name}:`))
  return line === undefined ? '' : line.slice(name.length + 1).trim()
}

/** Browsers write a quote as %22, others put a backslash before it. */
function parameterOf(header: string, name: string): string | null {
  const pattern = new RegExp(`;\\s*${name.replace('*', '\\*')}=(?:"((?:[^"\\\\]|\\\\.)*)"|([^\\s;]+))`, 'i')
  const [, quoted, plain] = pattern.exec(header) ?? []
  return quoted?.replace(/\\(["\\])/g, '$1').replaceAll('%22', '"') ?? plain ?? null
}

/** `UTF-8''na%C3%AFve.txt` */
function unextended(value: string): string {
  const text = value.slice(value.lastIndexOf("'") + 1)
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
