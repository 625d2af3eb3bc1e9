import { median } from '../../src/cli/bench/statistics.ts'
import type { Launcher } from '../../src/cli/bench/launch.ts'
import type { Finding, Variant } from './finding.ts'

/** What a row is given, and what it is. */
export type Bench = {
  readonly launcher: Launcher
  readonly rounds: number
  readonly size: 'full' | 'quick'
}

export type Row = {
  readonly name: string
  readonly run: (bench: Bench) => Promise<readonly Finding[]>
}

/** The medians of all variants, null for those that did not run. */
export function medians(values: ReadonlyMap<Variant, readonly number[]>): {
  readonly bare: number | null
  readonly nginx: number | null
  readonly weir: number | null
} {
  const of = (variant: Variant): number | null => {
    const found = values.get(variant)
    return found === undefined || found.length === 0 ? null : median(found)
  }
  return { bare: of('bare'), nginx: of('nginx'), weir: of('weir') }
}

/** One number of each measurement; what the system did not tell is left out. */
export function pick<Value>(
  measured: ReadonlyMap<Variant, readonly Value[]>,
  number: (value: Value) => number | null,
): ReadonlyMap<Variant, readonly number[]> {
  return new Map(
    [...measured].map(([variant, values]) => [variant, values.map(number).filter((value) => value !== null)]),
  )
}

export function toMegabytes(bytes: number | null): number | null {
  return bytes === null ? null : bytes / 1e6
}
