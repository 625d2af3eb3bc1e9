import { Fault, toFault } from './core/fault.ts'
import { causeOf } from './core/log.ts'
import { letIn, open, settle, type Exchange, type Gateway } from './exchange.ts'
import type { Hearing } from './judge/hearing.ts'
import { admit } from './limit/admit.ts'
import { beginOf } from './merge/begin.ts'
import { answeredAndLeft, endedBy, endedWith } from './merge/outcome.ts'
import { aimAt, type Aim } from './route/aim.ts'
import type { Door } from './route/door.ts'
import { aimless } from './route/known.ts'
import { dialectsAt, toRefusal } from './route/refusal.ts'
import { clientLeft, faultOf } from './upstream/failure.ts'
import { openingOf, type Opening } from './upstream/opening.ts'
import { toOutgoing } from './upstream/outgoing.ts'
import { veiled, withoutLength } from './upstream/veil.ts'
import { createVoice } from './upstream/voice.ts'
import type { Bytes } from './wire/body.ts'
import { endToEnd } from './wire/headers.ts'
import { tee, type Source, type Tee } from './wire/tee.ts'

/**
 * THE HOT PATH: one exchange, top to bottom.
 *
 *   handle   admit -> aim (read the request, find its target) -> call -> pass ──┬──► client    same bytes, same pace
 *                                                                       or hold └──► recorder  the worker does the rest
 *
 * Each step may refuse, in the client's own dialect; after `pass` nothing delays the client but a durable store, and
 * after `hold` the rules that there are.
 * Every exchange is settled once, with exactly one outcome.
 */
export async function handle(request: Request, door: Door, gateway: Gateway): Promise<Response> {
  const exchange = open(request, door, gateway)
  try {
    admit(gateway.load, gateway.limits.openExchanges)
    exchange.hearing = await gateway.hear(exchange)
    const aim = await aimed(exchange)
    const response = await called(exchange, aim)
    return await pass(response, exchange, aim)
  } catch (error) {
    return refuse(toFault(error), exchange)
  }
}

async function aimed(exchange: Exchange): Promise<Aim> {
  const { gateway, request, recording, door, abort, hearing } = exchange
  const { providers, limits, recorder } = gateway
  const { chunk, end } = recorder.request(recording)
  const watcher = { chunk, end, fail: (fault: Fault) => abort.abort(fault) }
  const rules = hearing === null ? 'none' : hearing.mayReplace ? 'replace' : 'read'
  const aim = await aimAt(request, door, { providers, limits, watcher, rules })
  recorder.begin(recording, beginOf(request, aim, letIn(exchange)), aim.splice)
  if (hearing === null) return aim
  const judged = await hearing.request(aim)
  recording.requestSplice = judged.splice
  return judged
}

async function called(exchange: Exchange, aim: Aim): Promise<Response> {
  const { gateway, request, recording, abort, hearing } = exchange
  gateway.recorder.called(recording)
  gateway.patience.wait(exchange, 'first')
  const outgoing = toOutgoing(request, aim, abort.signal, () => void recording.attempts++)
  const response = withoutLength(await gateway.call(outgoing, aim.provider), aim)
  gateway.recorder.answered(recording, response)
  if (hearing !== null) await hearing.ruled()
  return response
}

/** Hands the answer on: in one if it is short and here in a moment, everything else as it comes. */
async function pass(response: Response, exchange: Exchange, aim: Aim): Promise<Response> {
  const headers = endToEnd(response.headers)
  headers.set('x-weir-trace', exchange.recording.id)
  exchange.gateway.patience.wait(exchange, 'next')
  const came = await openingOf(response, exchange.abort.signal, aim.provider.name)
  const opening = exchange.hearing === null ? came : await hold(came, { response, headers }, exchange.hearing)
  const init = { status: response.status, headers }
  if (opening.kind === 'flowing') {
    const source = veiled(opening.source, response, { ...exchange, aim })
    return new Response(passStream(response, source, exchange, aim), init)
  }
  const bytes = passWhole(opening, exchange)
  await settle(endedWith(response.status), exchange)
  return new Response(bytes, init)
}

/** With rules nothing leaves before they let it, and perhaps not as it came. */
async function hold(came: Opening, to: { response: Response; headers: Headers }, hearing: Hearing) {
  const { opening, drops } = await hearing.answer(came, to.response)
  for (const name of drops) to.headers.delete(name)
  return opening
}

function passWhole({ bytes, show }: Opening & { kind: 'whole' }, exchange: Exchange): Bytes | null {
  const { gateway, recording, abort } = exchange
  abort.signal.throwIfAborted()
  if (bytes !== null) gateway.recorder.reply(recording, bytes)
  const shown = show === undefined ? bytes : show()
  recording.sentBytes = recording.replyBytes
  return shown
}

function passStream(response: Response, source: Source, exchange: Exchange, aim: Aim): Tee['body'] {
  const { gateway, recording, abort, client } = exchange
  const { recorder, patience, whenClientLeaves } = gateway
  // Not the aim itself: it holds the request's body, which would stay for as long as the answer flows.
  const { dialect, provider } = aim
  const spoken = dialectsAt(exchange.door)
  const voice = createVoice(response, dialect === null ? null : spoken[dialect], recording.id)
  // The length of the answer with its end mark: SDKs let go of it there, and do not wait for the end of the body.
  let toldAt = Infinity
  let hasLeft = false
  const endedWithout = (fault: Fault) => (recording.sentBytes >= toldAt ? answeredAndLeft : endedBy(fault))
  const split = tee(source, abort.signal, {
    take: (chunk) => {
      patience.wait(exchange, 'client')
      client.forget()
      recorder.reply(recording, chunk)
      const heard = voice.hear(chunk)
      if (heard === 'end') toldAt = recording.replyBytes
      return heard !== 'more' && recorder.durable ? recorder.save(recording) : undefined
    },
    sent: (bytes) => {
      recording.sentBytes += bytes
      patience.wait(exchange, 'next')
    },
    end: () => {
      if (!voice.mayEnd() && exchange.hearing?.isClosed() !== true)
        throw new Fault('provider-cut', `Provider "${provider.name}" stopped in mid-answer`)
      return settle(endedWith(recording.status), exchange)
    },
    fail: (error) => {
      const fault = faultOf(error, abort.signal, 'during', provider.name)
      if (hasLeft) {
        void settle(endedWithout(fault), exchange)
        return ''
      }
      const farewell = voice.farewell(fault)
      recorder.insert(recording, farewell)
      void settle(endedBy(fault), exchange)
      return farewell
    },
    leave: () => {
      hasLeft = true
      if (whenClientLeaves === 'cancel') void settle(endedWithout(clientLeft()), exchange)
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
  if (recording.begin === null)
    recorder.begin(recording, beginOf(request, aimless(exchange), letIn(exchange)), null)
  const { text, init } = toRefusal(fault, door, {
    trace: recording.id,
    stream: recording.begin?.stream === true,
  })
  recording.status = init.status
  recorder.insert(recording, text)
  void settle(endedBy(fault), exchange)
  return new Response(text, init)
}
