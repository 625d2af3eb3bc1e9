import type { Clock } from './core/clock.ts'
import { Fault, toFault } from './core/fault.ts'
import { causeOf, type Log } from './core/log.ts'
import { dialects } from './dialect/index.ts'
import { beginOf } from './merge/begin.ts'
import type { Recorder } from './merge/recorder.ts'
import type { Recording } from './merge/recording.ts'
import { outcomeOf, outcomeOfStatus } from './merge/outcome.ts'
import type { Outcome } from './merge/report.ts'
import type { Providers } from './provider/provider.ts'
import { aimAt, aimless, clientDialect, type Aim, type Door } from './route/aim.ts'
import type { Call } from './upstream/call.ts'
import { faultOf } from './upstream/failure.ts'
import { toOutgoing } from './upstream/outgoing.ts'
import type { Patience, Wait } from './upstream/patience.ts'
import { createVoice } from './upstream/voice.ts'
import type { BodyLimits } from './wire/body.ts'
import { endToEnd } from './wire/headers.ts'
import { tee } from './wire/tee.ts'

/**
 * THE HOT PATH: one exchange, top to bottom.
 *
 *   handle   admit -> aim (read the request, find its target) -> call -> pass ──┬──► client    same bytes, same pace
 *                                                                              └──► recorder  the worker does the rest
 *
 * Each step may refuse, in the client's own dialect. After `pass` nothing delays the client, unless its answer is to be
 * durable. Every exchange is settled once, with exactly one outcome.
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
  readonly request: Request
  readonly door: Door
  readonly recording: Recording
  readonly abort: AbortController
  readonly wait: Wait
  aim: Aim | null
  /** Once the answer flows: what to do when it stays silent, and when the client leaves. */
  keepAlive: () => void
  leave: () => void
}

// An answer whose length is known and small is read whole: cheaper than a stream, and its length reaches the client.
const mostWholeReplyBytes = 1 << 20

export async function handle(request: Request, door: Door, gateway: Gateway): Promise<Response> {
  const exchange = open(request, door, gateway)
  try {
    admit(gateway)
    const aim = await aimed(exchange, gateway)
    const response = await called(exchange, aim, gateway)
    return await pass(response, exchange, aim, gateway)
  } catch (error) {
    return refuse(toFault(error), exchange, gateway)
  }
}

function open(request: Request, door: Door, { createId, now, recorder, patience, load }: Gateway): Exchange {
  const abort = new AbortController()
  const exchange: Exchange = {
    request,
    door,
    recording: recorder.open(createId(), now()),
    abort,
    wait: patience.watch({ late: (fault) => abort.abort(fault), stillWaiting: () => exchange.keepAlive() }),
    aim: null,
    keepAlive: () => {},
    leave: () => abort.abort(new Fault('client-left', 'The client left')),
  }
  load.running.add(exchange)
  request.signal.addEventListener('abort', () => exchange.leave())
  return exchange
}

function admit({ load, limits }: Gateway): void {
  if (load.stopping) throw new Fault('stopping', 'Weir is stopping', { retryAfterSeconds: 5 })
  if (load.running.size <= limits.openExchanges) return
  throw new Fault('overloaded', 'Weir has as many open exchanges as it may have', { retryAfterSeconds: 1 })
}

async function aimed(exchange: Exchange, gateway: Gateway): Promise<Aim> {
  const { providers, limits, recorder } = gateway
  const { request, recording, door, abort } = exchange
  const watcher = {
    chunk: (bytes: Uint8Array) => recorder.request(recording, bytes),
    end: () => void (recording.requestDone = true),
    fail: (fault: Fault) => abort.abort(fault),
  }
  const aim = await aimAt(request, door, { providers, limits, watcher })
  exchange.aim = aim
  recording.requestSplice = aim.splice
  recorder.begin(recording, beginOf(request, { ...aim, startedAt: recording.startedAt }))
  return aim
}

async function called(
  { request, recording, wait, abort }: Exchange,
  aim: Aim,
  gateway: Gateway,
): Promise<Response> {
  gateway.recorder.called(recording)
  wait.forFirst()
  const outgoing = toOutgoing(request, aim, abort.signal)
  const response = await gateway.call({ ...outgoing, tried: () => void recording.attempts++ }, aim.provider)
  gateway.recorder.answered(recording, response)
  return response
}

/** Hands the answer on: what is short in one, everything else as it comes. */
async function pass(response: Response, exchange: Exchange, aim: Aim, gateway: Gateway): Promise<Response> {
  const { status } = response
  const headers = endToEnd(response.headers)
  headers.set('x-weir-trace', exchange.recording.id)
  const passed = isShort(response) ? passWhole : passStream
  return new Response(await passed(response, exchange, aim, gateway), { status, headers })
}

async function passWhole(
  response: Response,
  exchange: Exchange,
  aim: Aim,
  gateway: Gateway,
): Promise<BodyInit | null> {
  const { abort, recording, wait } = exchange
  wait.forNext()
  try {
    const bytes = response.body === null ? null : await response.bytes()
    abort.signal.throwIfAborted()
    if (bytes !== null) gateway.recorder.reply(recording, bytes)
    recording.sentBytes = recording.replyBytes
    await answered(exchange, gateway)
    return bytes
  } catch (error) {
    throw faultOf(error, abort.signal, 'during', aim.provider.name)
  }
}

function passStream(
  response: Response,
  exchange: Exchange,
  aim: Aim,
  gateway: Gateway,
): ReadableStream<Uint8Array> {
  const { recorder, whenClientLeaves } = gateway
  const { recording, wait, abort } = exchange
  const voice = createVoice(response, aim.dialect === null ? null : dialects[aim.dialect], recording.id)
  const split = tee(response.body ?? new ReadableStream(), {
    take: (chunk) => {
      wait.rest()
      voice.heard(chunk)
      recorder.reply(recording, chunk)
      return recorder.durable && voice.toldWhole(chunk) ? recorder.save(recording) : undefined
    },
    sent: (bytes) => {
      recording.sentBytes += bytes
      wait.forNext()
    },
    end: () => answered(exchange, gateway),
    fail: (error) => {
      const fault = faultOf(error, abort.signal, 'during', aim.provider.name)
      const farewell = voice.farewell(fault)
      recorder.insert(recording, farewell)
      void settle(outcomeOf(fault), fault.message, exchange, gateway)
      return farewell
    },
    leave: () => {
      if (whenClientLeaves === 'cancel') void settle('client-left', 'The client left', exchange, gateway)
      return whenClientLeaves
    },
  })
  if (whenClientLeaves === 'drain') exchange.leave = () => {}
  exchange.keepAlive = () => {
    const comment = voice.comment()
    if (comment !== '' && split.insert(comment)) recorder.insert(recording, comment)
  }
  wait.forNext()
  return split.body
}

/** Says no in the client's dialect: which hop failed, why, and where the trace is. Never a cause. */
function refuse(fault: Fault, exchange: Exchange, gateway: Gateway): Response {
  const { recording, door, request, aim } = exchange
  const { recorder, log } = gateway
  if (fault.code === 'internal') log('error', 'bug', { trace: recording.id, cause: causeOf(fault.cause) })
  const text = JSON.stringify(dialects[clientDialect(door)].refuse(fault, recording.id))
  if (aim === null)
    recorder.begin(recording, beginOf(request, { ...aimless(door), startedAt: recording.startedAt }))
  recording.status = fault.status
  recorder.insert(recording, text)
  void settle(outcomeOf(fault), fault.message, exchange, gateway)
  const headers = new Headers({ 'content-type': 'application/json', 'x-weir-trace': recording.id })
  if (fault.retryAfterSeconds !== undefined) headers.set('retry-after', String(fault.retryAfterSeconds))
  return new Response(text, { status: fault.status, headers })
}

/** The end of an exchange, whoever brings it about: the first to say so decides. */
function settle(
  outcome: Outcome,
  detail: string | null,
  exchange: Exchange,
  gateway: Gateway,
): Promise<void> | undefined {
  if (exchange.recording.end !== null) return undefined
  exchange.wait.rest()
  gateway.load.running.delete(exchange)
  const kept = gateway.recorder.end(exchange.recording, outcome, detail)
  gateway.settled(exchange)
  return kept
}

function answered(exchange: Exchange, gateway: Gateway): Promise<void> | undefined {
  const { outcome, detail } = outcomeOfStatus(exchange.recording.status)
  return settle(outcome, detail, exchange, gateway)
}

function isShort({ body, headers }: Response): boolean {
  const length = headers.get('content-length')
  return body === null || (length !== null && Number(length) <= mostWholeReplyBytes)
}
