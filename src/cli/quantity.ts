/** Durations, sizes and moments: read from what people type, and written as people read. */

const unitMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
}

/** `30d`, `1.5h`, `1h30m` in milliseconds; null for anything else. */
export function parseDuration(text: string): number | null {
  if (!/^(\d+(\.\d+)?[a-z]+)+$/.test(text)) return null
  let sum = 0
  for (const [, number, unit] of text.matchAll(/(\d+(?:\.\d+)?)([a-z]+)/g)) {
    const factor = Object.hasOwn(unitMs, unit ?? '') ? unitMs[unit ?? ''] : undefined
    if (factor === undefined) return null
    sum += Number(number) * factor
  }
  return sum
}

/** A duration before now, or an ISO date: milliseconds since 1970; null for anything else. */
export function parseMoment(text: string, now: number): number | null {
  const ago = parseDuration(text)
  if (ago !== null) return now - ago
  const form = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/
  const moment = form.test(text) ? Date.parse(text) : NaN
  return Number.isNaN(moment) ? null : moment
}

const unitBytes: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 1024,
  mib: 1024 ** 2,
  gib: 1024 ** 3,
  tib: 1024 ** 4,
}

/** `1GB`, `500 MiB`, `1024` in bytes; null for anything else. */
export function parseSize(text: string): number | null {
  const found = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text.trim())
  const unit = (found?.[2] ?? '').toLowerCase()
  if (found === null || !Object.hasOwn(unitBytes, unit)) return null
  return Math.round(Number(found[1]) * (unitBytes[unit] ?? NaN))
}

/** `0.4 ms`, `120 ms`, `1.2 s`, `2 m 05 s`, `1 h 05 m`; `-` for what is not known. */
export function durationText(ms: number | null): string {
  if (ms === null) return '-'
  if (ms < 9.95) return `${ms.toFixed(1)} ms`
  if (ms < 999.5) return `${Math.round(ms)} ms`
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  const minutes = Math.round(ms / 60_000)
  if (seconds < 3600) return `${Math.floor(seconds / 60)} m ${twoDigits(seconds % 60)} s`
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h ${twoDigits(minutes % 60)} m`
  return `${Math.round(minutes / 1440)} d`
}

/** `12 B`, `3.4 kB`, `1.9 MB`; `-` for what is not known. */
export function sizeText(bytes: number | null): string {
  if (bytes === null) return '-'
  if (bytes < 1000) return `${bytes} B`
  const units = ['kB', 'MB', 'GB', 'TB']
  let value = bytes / 1000
  let unit = 0
  // 999.95 would be written as 1000.0.
  for (; value >= 999.95 && unit < units.length - 1; unit++) value /= 1000
  return `${value.toFixed(1)} ${units[unit]}`
}

export function countText(count: number | null): string {
  return count === null ? '-' : String(count).replace(/\B(?=(\d{3})+$)/g, ',')
}

/** `2026-01-31 12:05:09`, in UTC: one text for one moment, whatever the machine. */
export function momentText(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ')
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0')
}
