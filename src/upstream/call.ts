import { Fault } from '../core/fault.ts'
import type { Provider } from '../provider/provider.ts'
import { send, type InProcess, type Outgoing } from './send.ts'

/**
 * Calls a provider. A pooled connection that the provider closed meanwhile shows as a reset before anything of the
 * answer has come: tried again once, over a connection of its own, so that it cannot be stale again.
 */
export type Call = (
  outgoing: Outgoing & { readonly replayable: () => boolean },
  provider: Provider,
) => Promise<Response>

export function createCall(inProcess: InProcess): Call {
  return (outgoing, provider) =>
    send(outgoing, provider, 'pooled', inProcess).catch((error: unknown) => {
      const again = error instanceof Fault && error.code === 'provider-reset' && outgoing.replayable()
      if (!again) throw error
      return send(outgoing, provider, 'fresh', inProcess)
    })
}
