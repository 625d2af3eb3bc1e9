import type { Header } from '../merge/report.ts'

/** A recorded header's value, whatever case its name came in; empty if there is none. */
export function headerOf(headers: readonly Header[], name: string): string {
  // A dozen times for each trace: a callback for each header would take a microsecond of it.
  for (const header of headers)
    if (header[0].length === name.length && header[0].toLowerCase() === name) return header[1]
  return ''
}
