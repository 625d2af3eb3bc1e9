/** As which guardrail Invariant's clients know a rule: in refusals, and in what is remarked about a trace. */
export type Guardrail = { readonly id: string; readonly name: string; readonly action: string }

/** What Invariant's gateway called the rules of a request's own header, and those of its one file. */
export const headerOrder = 'guardrails from request header'
export const fileOrder = 'guardrails from gateway configuration file'

const ids: Readonly<Record<string, string>> = {
  [headerOrder]: 'guardrails-from-header',
  [fileOrder]: 'guardrails-from-gateway-config-file',
}

export function guardrailOf(order: string, action: string): Guardrail {
  return { id: ids[order] ?? order, name: order, action }
}
