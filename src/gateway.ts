import type { Clock } from './core/clock.ts'
import { Fault, toFault } from './core/fault.ts'
import { causeOf, type Log } from './core/log.ts'
import { dialects } from './dialect/index.ts'
import { beginOf } from './merge/begin.ts'
import { endedBy, endedWith, type Ending } from './merge/outcome.ts'
import type { Recorder } from './merge/recorder.ts'
import type { Recording } from './merge/recording.ts'
import type { Providers } from './provider/provider.ts'
import { aimAt, aimless, type Aim, type Door } from './route/aim.ts'
import { toRefusal } from './route/refusal.ts'
import type { Call } from './upstream/call.ts'
import { clientLeft, faultOf } from './upstream/failure.ts'
import { openingOf } from './upstream/opening.ts'
import { toOutgoing } from './upstream/outgoing.ts'
import type { Patience, Wait } from './upstream/patience.ts'
import { veiled, withoutLength } from './upstream/veil.ts'
import { createVoice } from './upstream/voice.ts'
import type { BodyLimits, Bytes } from './wire/body.ts'
import { watchClient, type Client } from './wire/client.ts'
import { endToEnd } from './wire/headers.ts'
import { tee, type Source, type Tee } from './wire/tee.ts'

/**
 * THE HOT PATH: one exchange, top to bottom.
 *
 *   handle   admit -> aim (read the request, find its target) -> call -> pass ──┬──► client    same bytes, same pace
 *                                                                              └──► recorder  the worker does the rest
 *
 * Each step may refuse, in the client's own dialect; after `pass` nothing delays the client but a durable store.
 * Every exchange is settled once, with exactly one outcome.
 */
export type Gateway = {
  readonly providers: Providers
  readonly call: Call
  readonly recorder: Recorder
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
  readonly wait: Wait
  readonly client: Client
  keepAlive: () => void
}

export async function handle(request: Request, door: Door, gateway: Gateway): Promise<Response> {
  const exchange = open(request, door, gateway)
  try {
    admit(gateway)
    const aim = await aimed(exchange)
    const response = await called(exchange, aim)
    return await pass(response, exchange, aim)
  } catch (error) {
    return refuse(toFault(error), exchange)
  }
}

function open(request: Request, door: Door, gateway: Gateway): Exchange {
  const { createId, now, recorder, patience, load } = gateway
  const abort = new AbortController()
  const exchange: Exchange = {
    gateway,
    request,
    door,
    recording: recorder.open(createId(), now()),
    abort,
    wait: patience.watch({ late: (fault) => abort.abort(fault), stillWaiting: () => exchange.keepAlive() }),
    client: watchClient(request, () => abort.abort(clientLeft())),
    keepAlive: () => {},
  }
  load.running.add(exchange)
  return exchange
}

function admit({ load, limits }: Gateway): void {
  if (load.stopping) throw new Fault('stopping', 'Weir is stopping', { retryAfterSeconds: 5 })
  if (load.running.size <= limits.openExchanges) return
  throw new Fault('overloaded', 'Too many exchanges are open', { retryAfterSeconds: 1 })
}

async function aimed(exchange: Exchange): Promise<Aim> {
  const { gateway, request, recording, door, abort } = exchange
  const { providers, limits, recorder } = gateway
  const watcher = { ...recorder.request(recording), fail: (fault: Fault) => abort.abort(fault) }
  const aim = await aimAt(request, door, { providers, limits, watcher })
  recorder.begin(recording, beginOf(request, aim, recording.startedAt), aim.splice)
  return aim
}

async function called({ gateway, request, recording, wait, abort }: Exchange, aim: Aim): Promise<Response> {
  gateway.recorder.called(recording)
  wait.forFirst()
  const outgoing = toOutgoing(request, aim, abort.signal, () => void recording.attempts++)
  const response = withoutLength(await gateway.call(outgoing, aim.provider), aim)
  gateway.recorder.answered(recording, response)
  return response
}

/** Hands the answer on: in one if it is short and here in a moment, everything else as it comes. */
async function pass(response: Response, exchange: Exchange, aim: Aim): Promise<Response> {
  const headers = endToEnd(response.headers)
  headers.set('x-weir-trace', exchange.recording.id)
  exchange.wait.forNext()
  const opening = await openingOf(response, exchange.abort.signal, aim.provider.name)
  const body =
    opening.kind === 'whole'
      ? await passWhole(opening.bytes, exchange)
      : passStream(response, veiled(opening.source, response, { ...exchange, aim }), exchange, aim)
  return new Response(body, { status: response.status, headers })
}

async function passWhole(bytes: Bytes | null, exchange: Exchange): Promise<Bytes | null> {
  const { gateway, recording, abort } = exchange
  abort.signal.throwIfAborted()
  if (bytes !== null) gateway.recorder.reply(recording, bytes)
  recording.sentBytes = recording.replyBytes
  await settle(endedWith(recording.status), exchange)
  return bytes
}

function passStream(response: Response, source: Source, exchange: Exchange, aim: Aim): Tee['body'] {
  const { gateway, recording, abort, wait, client } = exchange
  const { recorder, whenClientLeaves } = gateway
  // Not the aim itself: it holds the request's body, which would stay for as long as the answer flows.
  const { dialect, provider } = aim
  const voice = createVoice(response, dialect === null ? null : dialects[dialect], recording.id)
  const split = tee(source, abort.signal, {
    take: (chunk) => {
      wait.forClient()
      client.forget()
      recorder.reply(recording, chunk)
      return voice.hear(chunk) && recorder.durable ? recorder.save(recording) : undefined
    },
    sent: (bytes) => {
      recording.sentBytes += bytes
      wait.forNext()
    },
    end: () => {
      if (!voice.mayEnd())
        throw new Fault('provider-cut', `Provider "${provider.name}" stopped in mid-answer`)
      return settle(endedWith(recording.status), exchange)
    },
    fail: (error) => {
      const fault = faultOf(error, abort.signal, 'during', provider.name)
      const farewell = voice.farewell(fault)
      recorder.insert(recording, farewell)
      void settle(endedBy(fault), exchange)
      return farewell
    },
    leave: () => {
      if (whenClientLeaves === 'cancel') void settle(endedBy(clientLeft()), exchange)
      return whenClientLeaves
    },
  })
  if (whenClientLeaves === 'drain') client.forget()
  exchange.keepAlive = () => {
    const comment = voice.comment()
    if (comment !== '' && split.insert(comment)) recorder.insert(recording, comment)
  }
  return split.body
}

function refuse(fault: Fault, exchange: Exchange): Response {
  const { recording, door, request, gateway } = exchange
  const { recorder, log } = gateway
  if (fault.code === 'internal') log('error', 'bug', { trace: recording.id, cause: causeOf(fault.cause) })
  const { begin, startedAt } = recording
  if (begin === null) recorder.begin(recording, beginOf(request, aimless(exchange), startedAt), null)
  const { text, init } = toRefusal(fault, door, recording.id)
  recording.status = fault.status
  recorder.insert(recording, text)
  void settle(endedBy(fault), exchange)
  return new Response(text, init)
}

/** The end of an exchange, whoever brings it about: the first to say so decides. */
function settle(ending: Ending, exchange: Exchange): Promise<void> | undefined {
  const { gateway, recording, wait, client } = exchange
  if (recording.end !== null) return undefined
  wait.rest()
  client.forget()
  gateway.load.running.delete(exchange)
  const kept = gateway.recorder.end(recording, ending)
  gateway.settled(exchange)
  return kept
}
