import { openClient } from './client.ts'

/**
 * Requests as Python's clients write them, byte for byte: `requests` 2.32, with which Invariant's SDK spoke, and httpx 0.28,
 * with which its other half and the gateway did. They differ in their headers, in how they write JSON, and in when a body
 * leaves.
 */
export type Library = 'requests' | 'httpx'

export type PythonRequest = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** All of the address. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** Sent as JSON, with its type behind what the caller says. */
  readonly json?: unknown
  readonly files?: Form
}

export type Form = {
  readonly file: { readonly name: string; readonly text: string }
  readonly fields: Readonly<Record<string, string>>
}

export type Told = { readonly status: number; readonly json: unknown; readonly text: string }

export async function send(library: Library, request: PythonRequest): Promise<Told> {
  const { head, body } = bytesOf(library, request)
  const client = await openClient(request.url)
  client.send(head)
  // `requests` gives the body to the socket by itself: a server must not take the head for all there is.
  if (library === 'requests') await new Promise((resolve) => setImmediate(resolve))
  if (body.length > 0) client.send(body)
  const reply = await client.ended()
  client.leave()
  const text = reply.body.toString()
  const isJson = /^application\/json\b/.test(reply.header('content-type') ?? '')
  return { status: reply.status, text, json: isJson ? JSON.parse(text) : undefined }
}

export function bytesOf(
  library: Library,
  { method, url, headers, json, files }: PythonRequest,
): { readonly head: string; readonly body: Buffer } {
  const { host, pathname, search } = new URL(url)
  const form = files === undefined ? undefined : formOf(library, files)
  const body = form?.body ?? Buffer.from(json === undefined ? '' : jsonText(library, json))
  const lines = new Map<string, string>([['host', `Host: ${host}`]])
  for (const [name, value] of ownHeaders[library]) lines.set(name.toLowerCase(), `${name}: ${value}`)
  for (const [name, value] of Object.entries(headers)) {
    // Of two with one name the caller's stands: with `requests` in the place of the other, with httpx at the end.
    if (library === 'httpx') lines.delete(name.toLowerCase())
    lines.set(name.toLowerCase(), `${name}: ${value}`)
  }
  const isLengthTold = method !== 'GET' && !(method === 'DELETE' && library === 'httpx')
  if (isLengthTold || body.length > 0) lines.set('content-length', `Content-Length: ${body.length}`)
  const type = form?.type ?? (json === undefined ? undefined : 'application/json')
  if (type !== undefined && !lines.has('content-type')) lines.set('content-type', `Content-Type: ${type}`)
  return {
    head: [`${method} ${pathname}${search} HTTP/1.1`, ...lines.values(), '', ''].join('\r\n'),
    body,
  }
}

const ownHeaders = {
  requests: [
    ['User-Agent', 'python-requests/2.32.3'],
    ['Accept-Encoding', 'gzip, deflate'],
    ['Accept', '*/*'],
    ['Connection', 'keep-alive'],
  ],
  httpx: [
    ['Accept', '*/*'],
    ['Accept-Encoding', 'gzip, deflate'],
    ['Connection', 'keep-alive'],
    ['User-Agent', 'python-httpx/0.28.1'],
  ],
} as const

/** `requests` with blanks and in ASCII alone, httpx with neither; an exponent has two digits. */
export function jsonText(library: Library, value: unknown): string {
  const isCompact = library === 'httpx'
  const text = joined(value, isCompact ? [',', ':'] : [', ', ': '])
  return isCompact ? text : text.replaceAll(/[^\0-~]/g, escaped)
}

function joined(value: unknown, by: readonly [string, string]): string {
  if (Array.isArray(value)) return `[${value.map((item) => joined(item, by)).join(by[0])}]`
  if (typeof value === 'number') return JSON.stringify(value).replace(/e([+-])(\d)$/, 'e$10$2')
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value).map(([key, each]) => JSON.stringify(key) + by[1] + joined(each, by))
  return `{${members.join(by[0])}}`
}

/** One unit of UTF-16: Python writes what is beyond as two of them, as JSON has it. */
function escaped(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
}

/** The fields before the file, whatever the order they were given in; `requests` does not say what the file is. */
function formOf(library: Library, { file, fields }: Form): { readonly body: Buffer; readonly type: string } {
  const boundary = '6f1c8d0e2b7a4953a1d4c6e8f0b2a497'
  const parts = Object.entries(fields).map(
    ([name, value]) => `Content-Disposition: form-data; name="${name}"\r\n\r\n${value}`,
  )
  const type = library === 'requests' ? '' : '\r\nContent-Type: application/octet-stream'
  const head = `Content-Disposition: form-data; name="file"; filename="${file.name}"${type}`
  const text = [...parts, `${head}\r\n\r\n${file.text}`].map((part) => `--${boundary}\r\n${part}\r\n`)
  return {
    body: Buffer.from(`${text.join('')}--${boundary}--\r\n`),
    type: `multipart/form-data; boundary=${boundary}`,
  }
}
