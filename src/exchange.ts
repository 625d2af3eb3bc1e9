import type { Clock } from './core/clock.ts'
import type { Log } from './core/log.ts'
import type { Hear } from './judge/hear.ts'
import type { Hearing } from './judge/hearing.ts'
import type { Let } from './merge/begin.ts'
import type { Ending } from './merge/outcome.ts'
import type { Recorder } from './merge/recorder.ts'
import type { Recording } from './merge/recording.ts'
import type { Providers } from './provider/provider.ts'
import type { Door } from './route/door.ts'
import type { Call } from './upstream/call.ts'
import { clientLeft } from './upstream/failure.ts'
import type { Patience } from './upstream/patience.ts'
import type { BodyLimits } from './wire/body.ts'
import { watchClient, type Client } from './wire/client.ts'

/** What an exchange runs with, and what is known of it from its beginning to its one end. */
export type Gateway = {
  readonly providers: Providers
  readonly call: Call
  readonly recorder: Recorder
  readonly hear: Hear
  readonly patience: Patience
  readonly limits: BodyLimits & { readonly openExchanges: number }
  readonly whenClientLeaves: 'cancel' | 'drain'
  readonly createId: () => string
  /** Told of every exchange that has ended. */
  readonly settled: (exchange: Exchange) => void
  readonly log: Log
  readonly now: Clock
  /** What runs now; shared by the gateways that follow one another when the configuration changes. */
  readonly load: { readonly running: Set<Exchange>; stopping: boolean }
}

export type Exchange = {
  readonly gateway: Gateway
  readonly request: Request
  readonly door: Door
  readonly recording: Recording
  readonly abort: AbortController
  readonly client: Client
  /** Null as long as no rule has to do with it. */
  hearing: Hearing | null
  keepAlive: () => void
}

export function open(request: Request, door: Door, gateway: Gateway): Exchange {
  const { createId, now, recorder, load } = gateway
  const abort = new AbortController()
  const exchange: Exchange = {
    gateway,
    request,
    door,
    recording: recorder.open(createId(), now()),
    abort,
    client: watchClient(request, () => abort.abort(clientLeft())),
    hearing: null,
    keepAlive: nothing,
  }
  load.running.add(exchange)
  return exchange
}

function nothing(): void {}

/** When it was let in, and as whom. */
export function letIn({ door, recording }: Exchange): Let {
  return { startedAt: recording.startedAt, user: door.user }
}

/** The end of an exchange, whoever brings it about: the first to say so decides. */
export function settle(ending: Ending, exchange: Exchange): Promise<void> | undefined {
  const { gateway, recording, client } = exchange
  if (recording.end !== null) return undefined
  gateway.patience.rest(exchange)
  client.forget()
  gateway.load.running.delete(exchange)
  const kept = gateway.recorder.end(recording, ending)
  exchange.hearing?.close()
  gateway.settled(exchange)
  return kept
}
