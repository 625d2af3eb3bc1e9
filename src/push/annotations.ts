import type { JsonObject } from '../conversation/json.ts'
import { createFits } from '../trace/home/address.ts'
import { foundIn } from '../trace/home/found.ts'

/** What rules found. An address without a place is none: a remote may refuse the trace for it. */
export function annotationsOf(verdicts: readonly unknown[], messages: readonly unknown[]): JsonObject[] {
  const fits = createFits(messages)
  return foundIn(verdicts, (address) => fits(address) === 'fits').map(({ content, address, metadata }) => ({
    content,
    address: address ?? whole,
    extra_metadata: metadata,
  }))
}

/** How Invariant's page says that it means the trace as a whole. */
const whole = '<root>'
