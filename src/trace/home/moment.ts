import { wrong } from './said.ts'

/**
 * Moments as Invariant writes them, ISO 8601 with an offset, to the microsecond: what is told without one is UTC. They
 * are compared as numbers, because as texts `...:00+00:00` would come before `...:00.5+00:00`.
 */
export type Microseconds = number

const form =
  /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?)? ?(Z|[+-]\d\d(?::?\d\d)?)?$/i

export function readMoment(text: unknown): Microseconds {
  const [, day, minute = '00:00', second = '00', fraction = '', offset = 'Z'] =
    (typeof text === 'string' ? form.exec(text) : null) ?? []
  const ms = day === undefined ? NaN : Date.parse(`${day}T${minute}:${second}${zone(offset)}`)
  // Some dates that do not exist (the 31st of February) are read as others.
  if (Number.isNaN(ms) || !isDay(day ?? '')) throw badMoment(text)
  return ms * 1000 + Number(fraction.padEnd(6, '0').slice(0, 6))
}

export function writeMoment(at: Microseconds): string {
  const seconds = Math.floor(at / 1_000_000)
  const rest = at - seconds * 1_000_000
  const text = new Date(seconds * 1000).toISOString().slice(0, 19)
  return `${text}${rest === 0 ? '' : `.${String(rest).padStart(6, '0')}`}+00:00`
}

/** Of the milliseconds that Weir counts in. */
export function momentOf(ms: number): string {
  return writeMoment(Math.floor(ms * 1000))
}

function zone(offset: string): string {
  if (/^z$/i.test(offset)) return 'Z'
  const digits = offset.slice(1).replace(':', '').padEnd(4, '0')
  return `${offset[0]}${digits.slice(0, 2)}:${digits.slice(2)}`
}

function isDay(day: string): boolean {
  const date = new Date(`${day}T00:00:00Z`)
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day)
}

function badMoment(text: unknown) {
  const shown = String(JSON.stringify(text) ?? 'nothing').slice(0, 60)
  return wrong(
    `Invalid timestamp format in message: ${shown}. Expected format: ISO 8601, e.g., 2025-01-23T10:30:00+00:00`,
  )
}
