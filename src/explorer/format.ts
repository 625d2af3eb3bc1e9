/** Figures and texts as the page shows them. A number that is not known is a dash, never a zero. */
const unknown = '–'

export function formatBytes(bytes: number | null): string {
  if (bytes === null) return unknown
  if (bytes < 1000) return `${bytes} B`
  const units = ['kB', 'MB', 'GB', 'TB']
  let value = bytes
  let unit = -1
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000
    unit++
  }
  return `${value < 9.95 ? value.toFixed(1) : value.toFixed(0)} ${units[unit]}`
}

export function formatMs(ms: number | null): string {
  if (ms === null) return unknown
  if (ms < 9.95) return `${ms.toFixed(1)} ms`
  if (ms < 999.5) return `${ms.toFixed(0)} ms`
  const seconds = ms / 1000
  if (seconds < 9.995) return `${seconds.toFixed(2)} s`
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`
}

export function formatCount(count: number | null): string {
  if (count === null) return unknown
  return count.toLocaleString('en-US').replaceAll(',', '\u202f')
}

/** An exact amount as people read it: two digits that count, to the cent from a dollar on. */
export function formatDollars(dollars: string | null): string {
  if (dollars === null) return unknown
  const value = Number(dollars)
  if (value === 0) return '$0'
  if (value >= 1)
    return `$${value.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 }).replaceAll(',', '\u202f')}`
  return `$${value.toLocaleString('en-US', { maximumSignificantDigits: 2, maximumFractionDigits: 12 })}`
}

/** `cacheWrite1h` as `cache write 1h`. */
export function formatKind(kind: string): string {
  return kind
    .replaceAll(/(?<=[a-z])(?=[A-Z\d])/g, ' ')
    .replaceAll('_', ' ')
    .toLowerCase()
}

/** The time of day; with its date when that is not today's. */
export function formatTime(ms: number, nowMs: number): string {
  const date = new Date(ms)
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map(twoDigits).join(':')
  if (date.toDateString() === new Date(nowMs).toDateString()) return clock
  return `${twoDigits(date.getMonth() + 1)}-${twoDigits(date.getDate())} ${clock}`
}

export type Comparison = 'identical' | 'changed' | 'not compared' | 'by Weir' | 'not sent' | 'model renamed'

type Digest = { readonly bytes: number; readonly sha256: string | null }

export function compare(came: Digest, went: Digest): Comparison {
  // Nothing had come: what was said then is not an answer that was changed.
  if (came.bytes === 0 && went.bytes > 0) return 'by Weir'
  if (came.bytes !== went.bytes) return 'changed'
  if (came.sha256 === null || went.sha256 === null) return 'not compared'
  return came.sha256 === went.sha256 ? 'identical' : 'changed'
}

type Sent = {
  readonly sizes: { readonly requestReceived: Digest; readonly requestSent: Digest }
  readonly requestSplice: unknown
}

/** Weir changes nothing of a request but the name of its model, where that names the provider too. */
export function compareRequest({ sizes, requestSplice }: Sent): Comparison {
  const { requestReceived, requestSent } = sizes
  if (requestReceived.bytes > 0 && requestSent.bytes === 0) return 'not sent'
  const comparison = compare(requestReceived, requestSent)
  return comparison === 'changed' && requestSplice !== null ? 'model renamed' : comparison
}

/**
 * A text whose every character can be seen: control characters as their pictures, and those that turn the order
 * of what follows around by their number. What a model says must not hide.
 */
export function visible(text: string): string {
  return text
    .replace(/[\0-\x08\x0b-\x1f]/g, (control) => String.fromCharCode(0x2400 + control.charCodeAt(0)))
    .replace(/\x7f/g, '\u2421')
    .replace(/[\x80-\x9f\u202a-\u202e\u2066-\u2069]/g, (control) => {
      return `[U+${control.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}]`
    })
}

/** One argument of a shell command, whatever is in it. */
export function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0')
}
