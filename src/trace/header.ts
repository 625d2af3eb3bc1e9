import type { Header } from '../merge/report.ts'

/** A recorded header's value, whatever case its name came in; empty if there is none. */
export function headerOf(headers: readonly Header[], name: string): string {
  return headers.find(([other]) => other.toLowerCase() === name)?.[1] ?? ''
}
