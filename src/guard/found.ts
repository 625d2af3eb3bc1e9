/** What the checks of a policy say (check.ts, remarks.ts), and what they know of its names. */
export type Found = {
  readonly at: number
  readonly phase: 'names' | 'types'
  readonly message: string
  readonly isWarning: boolean
}

export type Names = ReadonlySet<string>

export type Check = {
  readonly found: Found[]
  /** Names that may stand for types: imports and built-ins. */
  readonly types: Names
  readonly globals: Names
}

export function problem({ found }: Check, at: number, phase: Found['phase'], message: string): void {
  found.push({ at, phase, message, isWarning: false })
}

export function warn({ found }: Check, at: number, message: string): void {
  found.push({ at, phase: 'types', message, isWarning: true })
}
