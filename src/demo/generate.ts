import { seedOf, toAnswer, tokensIn, type Answer } from './answer.ts'
import { cut, durationMs, gzipped, steps, type Manner, type Step } from './body.ts'
import { fitted } from './fit.ts'
import { substitute, type Misbehave } from './misbehave.ts'
import { toModel, type Model } from './model.ts'
import { idOf } from './random.ts'
import { connectionReset, forever, toBody, type Sleep } from './send.ts'
import { noText, type Text } from './text.ts'
import { toUsage, turnSeed, type Turn, type Voice } from './turn.ts'
import type { Endpoint } from './endpoint.ts'
import type { Framing } from './frame.ts'
import type { JsonObject } from './json.ts'
import type { Prompt } from './prompt.ts'
import type { Refusal } from './refusal.ts'

/** One answer: from the request that was read to the body that is sent. */
export type Demo = { readonly now: () => number; readonly sleep: Sleep; readonly misbehave: Misbehave }

export type Question = {
  readonly request: Request
  readonly body: JsonObject
  readonly endpoint: Extract<Endpoint, { kind: 'generate' }>
  readonly voice: Voice
}

export async function reply(question: Question, demo: Demo): Promise<Response | Refusal> {
  const { request, endpoint, voice, body } = question
  const isAddressed = endpoint.stream === 'events' || endpoint.stream === 'array'
  const reading = voice.read(body, { model: endpoint.model, stream: isAddressed })
  if (reading.kind === 'refused') return reading.refusal
  const { prompt } = reading
  const model = toModel(prompt.model)
  const behaviour = demo.misbehave({ model, prompt, key: keyOf(request) })
  if (behaviour.kind === 'refuse') return behaviour.refusal
  if (behaviour.kind === 'reset') throw connectionReset()
  if (behaviour.kind === 'silence') return forever(request.signal)

  const turn = toTurn(prompt, model, { body, createdMs: demo.now() })
  const calm = { interruption: behaviour.interruption, seed: turn.seed }
  if (prompt.stream) {
    const manner = {
      ...calm,
      pace: model.pace ?? 'human',
      silenceMs: behaviour.silenceMs,
      framing: framingOf(question),
    }
    return respond(question, demo, { turn, model, manner })
  }
  // A provider sends the headers of a whole answer when it has the answer.
  const pauseMs = behaviour.silenceMs + durationMs(tokensIn(turn.answers[0]), model.pace ?? 'fast')
  if (pauseMs > 0) await demo.sleep(pauseMs, request.signal)
  const manner = { ...calm, pace: 'fast', silenceMs: 0, framing: 'document' } as const
  return respond(question, demo, { turn, model, manner })
}

type Outgoing = { readonly turn: Turn; readonly model: Model; readonly manner: Manner }

function respond({ request, voice }: Question, demo: Demo, { turn, model, manner }: Outgoing): Response {
  const write = (answered: Turn) =>
    manner.framing === 'document'
      ? [{ kind: 'end', data: voice.whole(answered) } as const]
      : voice.frames(answered)
  const { content } = model
  const frames =
    content.kind === 'bytes'
      ? fitted(content.bytes, (text) => write(saying(turn, text)), manner.framing)
      : write(turn)
  const headers = new Headers({ 'content-type': contentTypes[manner.framing] })
  if (voice.idHeader !== null) headers.set(voice.idHeader, `req_${idOf(turn.seed, 'request', 32, 16)}`)
  if (manner.framing.startsWith('sse')) headers.set('cache-control', 'no-cache')
  let all: Iterable<Step> = steps(frames, manner)
  if (request.headers.get('x-demo-gzip') === '1') {
    all = gzipped(all)
    headers.set('content-encoding', 'gzip')
  }
  const size = Number(request.headers.get('x-demo-cut') ?? 0)
  if (Number.isInteger(size) && size > 0) all = cut(all, size)
  return new Response(toBody(all, demo.sleep, request.signal), { headers })
}

function toTurn(prompt: Prompt, model: Model, { body, createdMs }: Pick<Turn, 'body' | 'createdMs'>): Turn {
  const seed = seedOf(prompt)
  const others = Array.from({ length: prompt.choices - 1 }, (_, index) => seed + index + 1)
  const say = (each: number): Answer => toAnswer(prompt, model.content, each)
  const answers: Turn['answers'] = [say(seed), ...others.map(say)]
  const shown = model.scenario === 's16' ? substitute : model.name
  const usage = toUsage(prompt, answers)
  return { prompt, answers, model: shown, createdMs, seed: turnSeed(prompt, seed), body, usage }
}

/** The same turn with another text, for a body that has to have a certain size. */
function saying(turn: Turn, text: Text): Turn {
  const answer: Answer = { thinking: noText, text, calls: [], finish: 'stop', stopSequence: null }
  return { ...turn, answers: [answer], usage: toUsage(turn.prompt, [answer]) }
}

function framingOf({ endpoint, voice }: Question): Framing {
  return endpoint.stream === 'array' ? 'array' : voice.framing
}

/** Whatever the client calls its key. It is not checked, only told apart. */
function keyOf(request: Request): string {
  const { headers } = request
  const key = headers.get('authorization') ?? headers.get('x-api-key') ?? headers.get('x-goog-api-key')
  return key ?? new URL(request.url).searchParams.get('key') ?? ''
}

const contentTypes: Record<Framing, string> = {
  sse: 'text/event-stream; charset=utf-8',
  'sse-crlf': 'text/event-stream',
  array: 'application/json; charset=UTF-8',
  document: 'application/json',
}
