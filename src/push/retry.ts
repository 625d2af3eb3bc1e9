/** How long to wait for a remote that did not take something: exponential, with jitter, or as long as it asked for. */
export type Delay = { readonly failures: number; readonly askedMs: number | null }

const firstMs = 1000
/** A remote that is away for a day is asked some 150 times. */
const mostMs = 10 * 60_000
/** What a remote may ask for at most: a slip of its clock does not silence us for a year. */
const mostAskedMs = 60 * 60_000

/** `random` between 0 and 1: the half of a delay is chance, so that those who were cut off together do not come back so. */
export function delayOf({ failures, askedMs }: Delay, random: number): number {
  if (askedMs !== null) return Math.min(Math.max(askedMs, firstMs), mostAskedMs)
  const fullMs = Math.min(firstMs * 2 ** Math.min(failures - 1, 20), mostMs)
  return fullMs / 2 + (fullMs / 2) * random
}

/** `Retry-After` in milliseconds, told in seconds or as a date; null if it tells neither. */
export function retryAfterMs(value: string | null, now: number): number | null {
  if (value === null) return null
  const text = value.trim()
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000
  // What `Date.parse` takes for a date is more than HTTP allows: "5 minutes" too.
  const at = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} /.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(at) ? null : Math.max(0, at - now)
}
