import type { JsonObject } from '../conversation/json.ts'
import { toRaised } from './library/violation.ts'
import type { CompiledRule } from './policy.ts'
import { eventOf } from './run/body.ts'
import { markWhole, type Frame, type Mark } from './run/frame.ts'
import { codePointsBefore, toAddress, toSpan, type Span } from './trace/address.ts'
import type { Trace } from './trace/read.ts'
import { toJson, toObject, toRepr } from './value/json.ts'
import { keep } from './value/meter.ts'
import { placeOf, textOf, type Value } from './value/value.ts'
import { weightOf } from './value/weight.ts'

/** What a rule found: what it raises, and where in the trace. */
export type Violation = {
  readonly rule: number
  readonly line: number
  /** What was raised, in upstream's form: a dictionary at the top is told there as an event without fields. */
  readonly args: readonly unknown[]
  readonly kwargs: JsonObject
  /** What was raised, all of it. */
  readonly raised: { readonly args: readonly unknown[]; readonly kwargs: JsonObject }
  /** Upstream's addresses, each once: `messages.2.content:3-8`. */
  readonly ranges: readonly string[]
  readonly spans: readonly Span[]
  /** Upstream's key: the rule and the events that its variables are bound to. */
  readonly key: string
  /** The key with what was raised: another finding in the same events is another violation. */
  readonly identity: string
}

export function toViolation(rule: CompiledRule, frame: Frame, trace: Trace): Violation {
  const { args, kwargs } = toRaised(rule.head(frame))
  const marks = [...frame.run.marks]
  const wholes = marksOf(rule, frame)
  const { ranges, spans } = toRanges([...wholes, ...marks], trace)
  const key = keyOf(rule, frame)
  keep(frame.run.meter, 3 * (weightOf(args) + weightOf(kwargs)) + spans.length * weightOfSpan)
  const named = new Map([...kwargs.entries].filter(([name]) => name !== 'ranges'))
  const raised = { args: args.items.map((item) => toJson(item)), kwargs: toObject(named) }
  return {
    rule: rule.index,
    line: rule.line,
    args: args.items.map(inUpstreamsForm),
    kwargs: Object.fromEntries([...named].map(([name, value]) => [name, inUpstreamsForm(value)])),
    raised,
    ranges,
    spans,
    key,
    identity: `${key} ${Bun.hash(JSON.stringify([raised, ranges])).toString(36)}`,
  }
}

function inUpstreamsForm(value: Value): unknown {
  const isDict = typeof value === 'object' && value !== null && value.kind === 'dict'
  return isDict ? { metadata: {}, server: null } : toJson(value)
}

function marksOf({ body }: CompiledRule, { run, slots }: Frame): readonly Mark[] {
  const start = run.marks.length
  for (const { slot } of body.variables) markWhole(run, slots[slot] ?? null)
  return run.marks.splice(start)
}

/** As many characters take as much memory. */
const weightOfSpan = 100

/** So many ranges are told of one violation. */
const mostRanges = 2_000

function toRanges(
  marks: readonly Mark[],
  trace: Trace,
): { readonly ranges: string[]; readonly spans: Span[] } {
  const spans = new Map<string, Span>()
  // Offsets within one text come in order, so that counting goes on where it was.
  let counted = { text: '', at: 0, points: 0 }
  const pointsBefore = (text: string, offset: number): number => {
    const from = counted.text === text && counted.at <= offset ? counted : { at: 0, points: 0 }
    const points = from.points + codePointsBefore(text, offset, from.at)
    counted = { text, at: offset, points }
    return points
  }
  for (const { place, part } of marks) {
    if (spans.size >= mostRanges) break
    const piece =
      part === null
        ? null
        : {
            from: part.from,
            to: part.to,
            start: pointsBefore(part.text, part.from),
            end: pointsBefore(part.text, part.to),
          }
    const span = toSpan(place, piece, trace)
    spans.set(toAddress(span), span)
  }
  return { ranges: [...spans.keys()], spans: [...spans.values()] }
}

function keyOf({ index, body }: CompiledRule, { slots }: Frame): string {
  const bound = body.variables.map(({ name, slot }) => ({ name, part: keyPart(slots[slot] ?? null) }))
  const passing = body.passing.map((name) => ({ name, part: '-1' }))
  const parts = [...bound, ...passing].sort((a, b) => (a.name < b.name ? -1 : 1)).map(({ part }) => part)
  return `(${index}, (${parts.join(', ')}${parts.length === 1 ? ',' : ''}))`
}

function keyPart(value: Value): string {
  if (typeof value === 'object' && value !== null && value.kind === 'dict') {
    const key = value.entries.get('key')
    if (key !== undefined) return textOf(key) === undefined ? '-1' : toRepr(key, 0)
  }
  return String(eventOf(value))
}

/** Whether a model has to do with this event or a later one, or with none at all. */
export function isNewFrom(frame: Frame, { body }: CompiledRule, event: number): boolean {
  const events = [
    ...body.variables.map(({ slot }) => placeOf(frame.slots[slot] ?? null)?.event),
    ...frame.run.marks.map(({ place }) => place.event),
  ].filter((each) => each !== undefined)
  return events.length === 0 || events.some((each) => each >= event)
}
