import { median, medianRatio } from '../../src/cli/bench/statistics.ts'
import { dialectNames, type DialectName } from '../../src/dialect/dialect.ts'
import { dialects } from '../../src/dialect/index.ts'
import { compile } from '../../src/guard/policy.ts'
import type { AnswerJudge, Order } from '../../src/judge/answer.ts'
import { createAnswerJudge } from '../../src/judge/held.ts'
import { createRebuild } from '../../src/merge/rebuild.ts'
import type { Bytes } from '../../src/wire/body.ts'
import { tee, type Source } from '../../src/wire/tee.ts'
import type { Row } from '../support/bench.ts'
import { atMostTimes, type Finding } from '../support/finding.ts'
import { toldIn } from '../support/said.ts'

/**
 * CPU per event of a stream that rules hold, against one that they do not. Without sockets and threads: the split that
 * every stream goes through and the answer rebuilt for its trace, with the judge between provider and split or without.
 */
const policy = `from invariant.re import find

raise "a key" if:
    (msg: Message)
    len(find("AKIA[0-9A-Z]{16}|ghp_[A-Za-z0-9]{36}|-----BEGIN [A-Z ]*PRIVATE KEY", msg.content)) > 0

raise "destructive" if:
    (call: ToolCall)
    call is tool:bash
    "rm -rf" in call.function.arguments.command

raise "internal" if:
    (msg: Message)
    msg.role == "assistant"
    "internal only" in msg.content

raise "leak" if:
    (out: ToolOutput)
    (call: ToolCall)
    out -> call
    "untrusted" in out.content
    call is tool:send_mail
`

const most = 1.5

export const judged: Row = {
  name: 'judged',
  run: async ({ rounds, size }) => {
    const order = orderOf(policy)
    const count = size === 'full' ? 2000 : 500
    const findings: Finding[] = []
    for (const dialect of dialectNames) findings.push(await measure(dialect, order, count, rounds * 5))
    return findings
  },
}

async function measure(dialect: DialectName, order: Order, count: number, rounds: number): Promise<Finding> {
  const parts = toldIn(dialect, count)
  const values = {
    plain: [] as number[],
    held: [] as number[],
    rebuilt: [] as number[],
    judge: [] as number[],
  }
  for (let round = -3; round < rounds; round++) {
    const plain = await cost(parts, () => pass(dialect, sourceOf(parts)))
    const held = await cost(parts, () => pass(dialect, judgedBy(judgeOf(dialect, order), sourceOf(parts))))
    const rebuilt = await cost(parts, () => rebuild(dialect, parts))
    const judge = await cost(parts, () => drain(judgedBy(judgeOf(dialect, order), sourceOf(parts))))
    // The first ones are the compiler's.
    if (round < 0) continue
    values.plain.push(plain)
    values.held.push(held)
    values.rebuilt.push(rebuilt)
    values.judge.push(judge)
  }
  const ratio = medianRatio(values.held, values.plain)
  const note = `the judge alone ${median(values.judge).toFixed(2)} µs, the rebuilding ${median(values.rebuilt).toFixed(2)}; ${count} events, 4 rules`
  const base = {
    what: `CPU per judged event, ${dialect}`,
    target: `at most ${most} x unjudged`,
    unit: 'µs',
    bare: median(values.plain),
    nginx: null,
    weir: median(values.held),
    note,
    raw: values,
  } as const
  return atMostTimes(base, ratio, most)
}

function orderOf(text: string): Order {
  const compiled = compile(text)
  if (compiled.kind !== 'policy') throw new Error(compiled.problems[0]?.message)
  return {
    name: 'bench',
    policy: compiled.policy,
    action: 'block',
    mode: 'hold',
    onError: 'block',
    input: {},
  }
}

/** Microseconds of this process per event: of several streams, because its clock is coarse. */
async function cost(parts: readonly Bytes[], run: () => Promise<void>): Promise<number> {
  const streams = Math.ceil(8000 / parts.length)
  const before = process.cpuUsage()
  for (let stream = 0; stream < streams; stream++) await run()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / streams / parts.length
}

function sourceOf(parts: readonly Bytes[]): Source {
  let at = 0
  return {
    read: async () => {
      const value = parts[at++]
      return { done: value === undefined, value }
    },
    cancel: async () => {},
  }
}

function judgeOf(dialect: DialectName, order: Order): AnswerJudge {
  return createAnswerJudge({ dialect, encoding: '', isStream: true, orders: [order], request: null })
}

/** What may leave of a source. */
function judgedBy(judge: AnswerJudge, source: Source): Source {
  const waiting: Uint8Array[] = []
  return {
    read: async () => {
      for (;;) {
        const { done, value } = await source.read()
        if (value !== undefined) waiting.push(value)
        const step = value === undefined ? judge.end('complete') : judge.take(new Uint8Array(value))
        const { moves } = step instanceof Promise ? await step : step
        const [move] = moves
        if (move !== undefined) return { done: false, value: Buffer.concat(waiting.splice(0)) }
        if (done) return { done }
      }
    },
    cancel: source.cancel,
  }
}

async function drain(source: Source): Promise<void> {
  while (!(await source.read()).done) continue
}

async function pass(dialect: DialectName, source: Source): Promise<void> {
  const { feed, finish } = rebuildOf(dialect)
  const { body } = tee(source, new AbortController().signal, {
    take: (chunk) => {
      feed(chunk)
      return undefined
    },
    sent: () => {},
    end: () => {
      finish()
      return undefined
    },
    fail: () => '',
    leave: () => 'cancel',
  })
  for await (const _ of body) continue
}

async function rebuild(dialect: DialectName, parts: readonly Bytes[]): Promise<void> {
  const { feed, finish } = rebuildOf(dialect)
  for (const part of parts) feed(part)
  finish()
}

function rebuildOf(dialect: DialectName) {
  return createRebuild({
    dialect: dialects[dialect],
    status: 200,
    contentType: 'text/event-stream',
    contentEncoding: '',
    mostBytes: 1 << 28,
  })
}
