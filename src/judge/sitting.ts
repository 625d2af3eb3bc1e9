import { lengthOf } from '../conversation/invariant.ts'
import { causeOf } from '../core/log.ts'
import { createDetections } from '../guard/detections.ts'
import type { Ask } from '../guard/detect/remote/means.ts'
import type { DetectorSettings } from '../guard/detect/schema.ts'
import type { Detectors } from '../guard/detector.ts'
import { defaultLimits } from '../guard/limits.ts'
import type { GivenMeans } from '../guard/means.ts'
import { createModels } from '../guard/models.ts'
import { createPolicies } from '../guard/policies.ts'
import type { Noted } from '../merge/judged.ts'
import type { AnswerJudge, AnswerOf } from './answer.ts'
import {
  conversationOf,
  readAsked,
  toolsOf,
  type Case,
  type CompiledOrders,
  type OrdersFault,
} from './case.ts'
import { compileOrders, withMetadata } from './compiled.ts'
import { createHistory, type Turn } from './history.ts'
import type { AnswerHead, CaseQuestion, FromJudge, Posed, Said, ToJudge } from './messages.ts'
import { noteError, noteFinding } from './noted.ts'
import { createObserver } from './remarks.ts'
import { note, rule, type Judged, type Means } from './rule.ts'
import { buffersIn, toStepped } from './stepped.ts'

/** The life of the thread that judges: cases are opened, told their answers, and closed. It ends with the process. */
export type SittingOptions = {
  readonly connect: (settings: DetectorSettings, ask: Ask) => Detectors
  readonly createAnswerJudge: (of: AnswerOf) => AnswerJudge
  readonly now: () => number
}

type Sat = {
  readonly of: Case
  /** The first message that is judged, as rules count them. */
  readonly from: number
  flags: Promise<readonly Noted[]>
  /** Its request was judged to the end. */
  isJudged: boolean
  /** All of the answer has come, and nothing of it was stopped. */
  isAnswered: boolean
}

type Tell = (message: FromJudge, transfer: ArrayBuffer[]) => void

export function createSitting(options: SittingOptions, tell: Tell) {
  const { connect, now } = options
  const models = createModels((message) => tell(message, []))
  let means: Means = {
    detectors: new Map(),
    detections: createDetections(),
    limits: defaultLimits,
    observe: createObserver((remark) => tell({ kind: 'remark', ...remark }, [])),
  }
  let policies = createPolicies({ detectors: new Set() })
  const history = createHistory()
  const lists = new Map<number, CompiledOrders>()
  const cases = new Map<number, Sat>()

  async function answer(message: Posed): Promise<void> {
    const begun = now()
    const { ask } = message
    try {
      const said = await say(message.case, message)
      tell({ kind: 'said', ask, said, ms: now() - begun }, buffersIn(said))
    } catch (error) {
      tell({ kind: 'said', ask, said: { kind: 'failed', why: causeOf(error) }, ms: now() - begun }, [])
    }
  }

  async function say(number: number, asked: CaseQuestion): Promise<Said> {
    if (asked.kind === 'request') return { kind: 'ruled', ...(await open(number, asked)) }
    const sat = cases.get(number)
    if (asked.kind === 'close')
      return { kind: 'closed', findings: sat === undefined ? [] : await close(number, sat) }
    if (sat === undefined) return { kind: 'failed', why: 'there is no such case' }
    return answerStep(sat, asked)
  }

  async function open(
    number: number,
    { question, bytes }: CaseQuestion & { kind: 'request' },
  ): Promise<Judged> {
    const listed = lists.get(question.orders)
    if (listed === undefined) throw new Error('the orders of a case were not told')
    const asked = readAsked(question, bytes)
    const orders = withMetadata(listed, { ...question.metadata, tools: toolsOf(asked) })
    const of: Case = {
      question,
      orders,
      asked,
      answer: null,
      abort: new AbortController(),
    }
    const { from, judged: remember } = turnOf(of)
    if (orders.fault !== null) return unjudged(orders.fault)
    const sat: Sat = { of, from, flags: Promise.resolve([]), isJudged: false, isAnswered: false }
    cases.set(number, sat)
    const judged = await rule(of, from, means)
    const isLasting = orders.answer.length + orders.flagging.length + orders.logging.length > 0
    if (!isLasting) cases.delete(number)
    sat.isJudged = !of.abort.signal.aborted && judged.findings.every(({ kind }) => kind === 'violation')
    if (sat.isJudged) remember()
    sat.flags = note(of, orders.flagging, { from, means })
    return judged
  }

  function turnOf({ question, asked }: Case): Turn {
    if (asked.kind !== 'read') return { from: 0, judged: () => {} }
    const { messages } = asked.conversation
    const { from, judged } = history.turn(question.scope, messages)
    return { from: messages.slice(0, from).reduce((sum, message) => sum + lengthOf(message), 0), judged }
  }

  /** The answer is part of the history that the next turn brings. */
  function remember({ asked, answer, question }: Case): void {
    if (asked.kind !== 'read' || answer === null) return
    const [choice] = answer.answer().choices
    if (choice !== undefined) history.answered(question.scope, asked.conversation.messages, choice.message)
  }

  async function answerStep(sat: Sat, asked: CaseQuestion & { kind: 'answer' | 'tick' }): Promise<Said> {
    const judge = (sat.of.answer ??= answerJudge(sat.of, asked.kind === 'answer' ? asked.head : null))
    if (asked.kind === 'tick') return toStepped(judge, [await judge.tick()])
    const steps = asked.bytes === null ? [] : [await judge.take(asked.bytes)]
    const isStopped = steps.some(({ stop }) => stop !== null)
    if (asked.end !== null && !isStopped) {
      steps.push(await judge.end(asked.end))
      sat.isAnswered = asked.end === 'complete' && steps.every(({ stop }) => stop === null)
    }
    return toStepped(judge, steps)
  }

  function answerJudge(of: Case, head: AnswerHead | null): AnswerJudge {
    const { question, orders, abort } = of
    return options.createAnswerJudge({
      dialect: question.dialect ?? question.near,
      encoding: head?.encoding ?? '',
      isStream: head?.contentType.startsWith('text/event-stream') ?? false,
      orders: orders.answer,
      request: conversationOf(of),
      ...means,
      mostBytes: question.mostHeldBytes,
      signal: abort.signal,
      now,
    })
  }

  async function close(number: number, sat: Sat) {
    const { of, from, flags } = sat
    cases.delete(number)
    const after = (await of.answer?.after()) ?? []
    if (sat.isAnswered && sat.isJudged) remember(of)
    return [
      ...(await flags),
      ...(await note(of, of.orders.logging, { from, means })),
      ...after.map(noteFinding),
    ]
  }

  function meet({ detectors: settings, limits }: GivenMeans): void {
    const detectors = connect(settings, models.ask)
    // What was detected stays known: a detector that is another has another identity.
    means = { ...means, detectors, limits }
    policies = createPolicies({ detectors: new Set(detectors.keys()) })
    lists.clear()
  }

  function receive(message: ToJudge): void {
    switch (message.kind) {
      case 'means':
        return meet(message)
      case 'told':
        return models.told(message)
      case 'orders':
        lists.set(message.key, compileOrders(message.list, policies))
        return
      case 'forget':
        return lists.clear()
      case 'drop':
        cases.get(message.case)?.of.abort.abort()
        cases.delete(message.case)
        return
      case 'ping':
        return tell({ kind: 'alive' }, [])
      default:
        return void answer(message)
    }
  }

  return { receive }
}

/** Rules that cannot be applied: the client's own mistake, or one of those that should have been told at load. */
function unjudged({ order, isClients, onError, message }: OrdersFault): Judged {
  if (isClients) return { ruling: { kind: 'faulty', message }, findings: [] }
  const finding = noteError(message, { order, on: 'request', leftBytes: 0 })
  return { ruling: onError === 'block' ? { kind: 'block', finding } : { kind: 'pass' }, findings: [finding] }
}
