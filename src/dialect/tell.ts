import type { Fault, Hop } from '../core/fault.ts'

/** What a person reads when something failed: why, which hop it was, and where to look it up. */
const hops: Readonly<Record<Hop, string>> = {
  client: 'this request',
  weir: 'Weir',
  provider: 'the provider',
}

export function tell(fault: Fault, trace: string | null): string {
  const where = trace === null ? '' : `; trace ${trace}`
  return `${fault.message} (at fault: ${hops[fault.hop]}${where})`
}
