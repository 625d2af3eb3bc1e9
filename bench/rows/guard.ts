import { median } from '../../src/cli/bench/statistics.ts'
import { judge } from '../../src/guard/judge.ts'
import { compile, type Policy } from '../../src/guard/policy.ts'
import { readTrace } from '../../src/guard/trace/read.ts'
import type { Row } from '../support/bench.ts'
import { atMost, type Finding } from '../support/finding.ts'
import { conversation, typicalPolicies } from '../support/policies.ts'

/**
 * The rule language. What the original needs was measured on such a machine as this, of two cores: an Earley parser
 * takes 30 ms for a rule of 53 characters, 76 for 182 and 509 for 1190; one variable over 1,000 messages takes 42 ms.
 */
const parsing = [
  { characters: 53, originalMs: 30 },
  { characters: 182, originalMs: 76 },
  { characters: 1190, originalMs: 509 },
] as const
const evaluationMs = 42

export const guard: Row = {
  name: 'guard',
  run: async ({ rounds, size }) => {
    const turns = size === 'full' ? 200 : 50
    return [
      ...parsing.map((each) => parsed(each, rounds, turns)),
      ranged(rounds, turns),
      judged(rounds, turns),
    ]
  },
}

/** Each text is another, so that nothing of it is known from the one before. */
function parsed(
  { characters, originalMs }: (typeof parsing)[number],
  rounds: number,
  turns: number,
): Finding {
  let number = 0
  const raw = measured(rounds, turns, () =>
    timed(policyOf(characters, `${1000 + (number++ % 9000)}`), compiled),
  )
  return atMost(
    {
      what: `compile a policy of ${characters} characters`,
      target: `at most ${originalMs / 100} ms`,
      ...base(raw, `the original takes ${originalMs} ms to parse it`),
    },
    median(raw),
    originalMs / 100,
  )
}

function ranged(rounds: number, turns: number): Finding {
  const messages = conversation(1000)
  const policy = compiled(
    'raise "found" if:\n    (m: Message)\n    m.role == "user"\n    "secret" in m.content\n',
  )
  // Each trace is judged once: what is asked of one is remembered.
  const raw = measured(rounds, turns, () => timed(traceOf(messages), (trace) => void judge(policy, trace)))
  const reading = median(measured(1, turns, () => timed(messages, traceOf)))
  return atMost(
    {
      what: 'one variable over 1,000 messages',
      target: 'under 0.5 ms',
      ...base(raw, `reading them takes ${reading.toFixed(2)} ms more; the original takes ${evaluationMs} ms`),
    },
    median(raw),
    0.5,
  )
}

function judged(rounds: number, turns: number): Finding {
  const policies = typicalPolicies.map((text) => compiled(text))
  const messages = conversation(200)
  const given = { from: messages.length - 1, input: { limit: 100 } }
  const raw = measured(rounds, turns, () =>
    timed(messages, () => {
      const trace = traceOf(messages)
      for (const policy of policies) void judge(policy, trace, given)
    }),
  )
  return atMost(
    {
      what: '20 policies, last turn of 200 messages',
      target: 'under 1 ms',
      ...base(raw, 'with reading the messages, once for all policies'),
    },
    median(raw),
    1,
  )
}

/** The median time of each round, in milliseconds, once the code is warm. */
function measured(rounds: number, turns: number, run: () => number): number[] {
  const warmUntil = performance.now() + 300
  while (performance.now() < warmUntil) run()
  return Array.from({ length: rounds }, () => median(Array.from({ length: turns }, run)))
}

function timed<Given>(given: Given, run: (given: Given) => unknown): number {
  const startedAt = performance.now()
  run(given)
  return performance.now() - startedAt
}

function base(raw: readonly number[], note: string): Omit<Parameters<typeof atMost>[0], 'what' | 'target'> {
  return { unit: 'ms', bare: null, nginx: null, weir: median(raw), note, raw }
}

function compiled(text: string): Policy {
  const made = compile(text)
  if (made.kind === 'policy') return made.policy
  throw new Error(`a policy of the benchmark does not compile: ${made.problems[0]?.message}\n${text}`)
}

function traceOf(
  messages: readonly unknown[],
): Extract<ReturnType<typeof readTrace>, { kind: 'trace' }>['trace'] {
  const read = readTrace(messages)
  if (read.kind === 'refused') throw new Error(read.message)
  return read.trace
}

/** Rules until there are so many characters; `word` of four letters makes it another text. */
function policyOf(characters: number, word: string): string {
  const rule = (lines: string): string => `raise "${word}" if:\n  (m: Message)\n${lines}`
  const long = rule(
    '  (c: ToolCall)\n  m -> c\n  c is tool:send({to: "a.*"})\n  not "b" in m.content\n  c.function.arguments.to in ["c", "d"]\n',
  )
  const text =
    characters < 100
      ? rule('  "b" in m.content\n')
      : long.repeat(Math.max(1, Math.floor(characters / long.length)))
  return text.padEnd(characters, '#').slice(0, Math.max(text.length, characters))
}
