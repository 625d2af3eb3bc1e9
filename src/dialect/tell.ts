import type { Fault } from '../core/fault.ts'

/** What a person reads when something failed: why, at which hop, and under which id to look it up. */
export function tell(fault: Fault, trace: string | null): string {
  return `${fault.message} (hop: ${fault.hop}${trace === null ? '' : `, trace: ${trace}`})`
}
