import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isObject, objectAt, readObject } from '../../src/conversation/json.ts'
import type { JsonObject } from '../../src/conversation/json.ts'
import type { DialectName } from '../../src/dialect/dialect.ts'

/** Recorded streams and what official SDKs made of them, where they lie beside the checkout. */

const folder = join(import.meta.dir, '../../../shared/wire')

export const hasRecordings = existsSync(join(folder, 'streams'))

export type Recording = {
  readonly name: string
  readonly bytes: Uint8Array
  readonly expected: JsonObject
}

export function recordingsOf(dialect: DialectName): readonly Recording[] {
  const files = readdirSync(join(folder, 'streams', dialect)).filter((file) => file.endsWith('.sse'))
  return files.toSorted().map((file) => {
    const name = file.slice(0, -'.sse'.length)
    const expected = readObject(readFileSync(join(folder, 'expected', dialect, `${name}.json`), 'utf8'))
    if (expected === undefined) throw new Error(`${name} has no expectation`)
    return { name, bytes: readFileSync(join(folder, 'streams', dialect, file)), expected }
  })
}

/** What an accumulator of a third party made of the stream. */
export function crossCheckOf(expected: JsonObject): JsonObject {
  return objectAt(expected, 'cross_check_vercel_ai') ?? {}
}

/** Where `actual` lacks something of `wanted`: paths with both values. Absent and null count as equal. */
export function missing(wanted: unknown, actual: unknown, path = ''): string[] {
  if (wanted === null || wanted === undefined) return []
  if (Array.isArray(wanted)) {
    if (!Array.isArray(actual) || actual.length !== wanted.length) return [differ(path, wanted, actual)]
    return wanted.flatMap((element, index) => missing(element, actual[index], `${path}[${index}]`))
  }
  if (isObject(wanted)) {
    if (!isObject(actual)) return [differ(path, wanted, actual)]
    return Object.keys(wanted).flatMap((key) => missing(wanted[key], actual[key], `${path}.${key}`))
  }
  return wanted === actual || (wanted === 0 && actual === 0) ? [] : [differ(path, wanted, actual)]
}

function differ(path: string, wanted: unknown, actual: unknown): string {
  return `${path}: ${clip(wanted)} wanted, ${clip(actual)} told`
}

function clip(value: unknown): string {
  return (JSON.stringify(value) ?? 'nothing').slice(0, 80)
}

/** Recorded answers that were not streamed. */
export function wholeOf(dialect: DialectName): readonly unknown[] {
  const inner = join(folder, 'nonstream', dialect)
  const files = readdirSync(inner).filter((file) => file.endsWith('.json'))
  return files.toSorted().map((file) => readObject(readFileSync(join(inner, file), 'utf8')))
}
