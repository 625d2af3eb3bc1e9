import { expect, test } from 'bun:test'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { judge, type Result } from '../../../src/guard/judge.ts'
import { check } from '../../../src/guard/check.ts'
import { compile } from '../../../src/guard/policy.ts'
import { parse } from '../../../src/guard/syntax/parse.ts'
import { readSource } from '../../../src/guard/syntax/source.ts'
import { readTrace } from '../../../src/guard/trace/read.ts'
import { shown, shownTree } from '../../support/guard/shown.ts'
import { stubDetectors } from '../../support/guard/stubs.ts'

/**
 * Cases replayed against the original, where they lie beside the project. What is known of a quirk is held against
 * what docs/guardrail-quirks.md decides; everything else exactly. The other tests of this folder cover the same
 * ground with own cases.
 */
type Expected = {
  readonly errors?: number
  readonly raises?: string
  readonly details?: readonly { args: unknown[]; kwargs: object; ranges: string[]; key: string }[]
  readonly ast?: unknown
  readonly expr_ast?: unknown
  readonly keys?: readonly string[]
  readonly load_errors?: readonly { message?: string; line: number; column: number }[]
  readonly ranges?: readonly string[][]
}

type Vector = {
  readonly name: string
  readonly kind: 'analyze' | 'ast' | 'load' | 'pending' | 'session'
  readonly policy: string
  readonly parameters: Record<string, unknown>
  readonly input?: unknown[]
  readonly past?: unknown[]
  readonly pending?: unknown[]
  readonly steps?: readonly { input?: unknown[]; past?: unknown[]; pending?: unknown[]; expect: Expected }[]
  readonly stubs?: Record<string, unknown>
  readonly expect: Expected
  readonly recommend?: Expected
  readonly quirk?: string
  readonly tags: readonly string[]
}

const path = resolve(import.meta.dir, '../../../../shared/guard/vectors.json')
const vectors: readonly Vector[] = existsSync(path) ? await Bun.file(path).json() : []

/** Decided neither as upstream nor by a recommendation that comes with the case. */
const own: Readonly<Record<string, Expected>> = {
  'guarding::test_try_import_os#1': { raises: 'type' },
  'guarding::test_try_import_json_loads#1': { raises: 'type' },
  'op/comprehension-over-tool_calls': { errors: 1, ranges: [['messages.0']] },
  'op/comprehension-over-chunks': { errors: 1, ranges: [['messages.0', 'messages.0.content.0.text:1-3']] },
  'usage/links-in-tool-output': { errors: 1, ranges: [['messages.0', 'messages.0.content:4-12']] },
  'unknown/dict-literal-as-argument': { errors: 1, ranges: [['messages.0']] },
  'unknown/true-or-unknown-is-true': { errors: 1, ranges: [['messages.0']] },
  'pattern/int-literal-vs-2.0': { errors: 1 },
  'det/unicode-ranges-missing-on-cache-hit': {
    errors: 2,
    ranges: [
      ['messages.0', 'messages.0.content:2-3'],
      ['messages.0', 'messages.0.content:2-3'],
    ],
  },
  'syntax/inconsistent-dedent': { raises: 'parse' },
}

/** Quirks that are kept as they are although something else is recommended with the case. */
const kept = new Set(['Q14 tools/message-index-shifts', 'Q32 det/copyright-license-word-false-positive'])
const keptNumbers = new Set(['Q16', 'Q30', 'Q40', 'Q41'])

function expectedOf({ name, quirk, expect: upstream, recommend }: Vector): Expected {
  if (quirk === undefined) return upstream
  if (own[name] !== undefined) return own[name]
  const isKept = kept.has(`${quirk} ${name}`) || keptNumbers.has(quirk) || recommend === undefined
  const isSaid =
    recommend !== undefined && ('errors' in recommend || 'expr_ast' in recommend || 'ranges' in recommend)
  return isKept || !isSaid ? upstream : recommend
}

/** Chains of one operator may associate either way. */
function flat(node: unknown): unknown {
  if (!Array.isArray(node)) return node
  const parts = node.map(flat)
  const [operator] = parts
  if (operator !== 'and' && operator !== 'or') return parts
  const isSame = (part: unknown): part is unknown[] => Array.isArray(part) && part[0] === operator
  return [operator, ...parts.slice(1).flatMap((part) => (isSame(part) ? part.slice(1) : [part]))]
}

function checkTree(vector: Vector): void {
  const expected = expectedOf(vector)
  const parsed = parse(readSource(vector.policy).text)
  if (vector.expect.raises === 'parse') {
    expect('found' in parsed).toBe(true)
    return
  }
  if ('found' in parsed) throw new Error(parsed.found.message)
  if (expected.expr_ast !== undefined) {
    const [rule] = parsed.tree.statements
    const [condition] = rule?.kind === 'rule' ? rule.body : []
    const isPlain = condition !== undefined && condition.kind !== 'assign' && condition.kind !== 'import'
    expect(flat(isPlain ? shown(condition) : null)).toEqual(flat(expected.expr_ast))
  } else if (vector.quirk === 'Q17') {
    // A block below `:=` is an assignment, not a quantifier of that name.
    expect(JSON.stringify(shownTree(parsed.tree))).toContain('[":=",["id","x"],["id","b"]]')
    return
  } else expect(flat(shownTree(parsed.tree))).toEqual(flat(expected.ast))
  const problems = check(parsed.tree).filter(({ isWarning }) => !isWarning)
  expect(problems.length).toBe(vector.expect.errors ?? 0)
}

function checkPlaces({ policy, expect: { load_errors: expected } }: Vector): void {
  const compiled = compile(policy)
  if (compiled.kind === 'policy') throw new Error('it compiles')
  const lines = policy.split('\n')
  const margin = Math.min(...lines.filter((line) => line.trim() !== '').map((line) => line.search(/\S/)))
  const shownAs = compiled.problems.map(({ message, line, column }) => ({
    message,
    line: line - 1,
    column: column - margin,
  }))
  const by = (a: object, b: object): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)
  expect(shownAs.toSorted(by)).toEqual(
    [...(expected ?? [])].map((each) => ({ message: '', ...each })).toSorted(by),
  )
}

type Outcome = { readonly raises: string } | { readonly raises: null; readonly result: Result }

async function outcomeOf(
  vector: Vector,
  messages: readonly unknown[],
  from: number | undefined,
): Promise<Outcome> {
  const compiled = compile(vector.policy)
  if (compiled.kind === 'problems')
    return { raises: compiled.problems[0]?.phase === 'parse' ? 'parse' : 'type' }
  const read = readTrace(messages)
  if (read.kind === 'refused') return { raises: 'runtime' }
  const detectors = stubDetectors(vector.stubs ?? {})
  const given = { input: vector.parameters, detectors, ...(from === undefined ? {} : { from }) }
  const result = await judge(compiled.policy, read.trace, given)
  return result.errors.length > 0 ? { raises: 'runtime' } : { raises: null, result }
}

async function checkOutcome(vector: Vector): Promise<void> {
  const expected = expectedOf(vector)
  const { input, past = [], pending = [] } = vector
  const outcome = await outcomeOf(
    vector,
    input ?? [...past, ...pending],
    input === undefined ? past.length : undefined,
  )
  expect(outcome.raises).toBe(expected.raises ?? null)
  if (outcome.raises !== null) return
  const { violations } = outcome.result
  expect(violations.length).toBe(expected.errors ?? violations.length)
  if (expected.ranges !== undefined) {
    expect(violations.map(({ ranges }) => ranges.toSorted())).toEqual(
      expected.ranges.map((ranges) => ranges.toSorted()),
    )
  }
  if (expected.details === undefined) return
  const details = violations.map(({ args, kwargs, ranges }) => ({ args, kwargs, ranges: ranges.toSorted() }))
  const wanted = expected.details.map(({ args, kwargs, ranges }) => ({
    args,
    kwargs,
    ranges: [...new Set(ranges)].toSorted(),
  }))
  const isOrdered = vector.tags.includes('ordered')
  const by = (a: object, b: object): number => (Bun.inspect(a) < Bun.inspect(b) ? -1 : 1)
  expect<unknown>(isOrdered ? details : details.toSorted(by)).toEqual(
    isOrdered ? wanted : wanted.toSorted(by),
  )
}

async function checkSession(vector: Vector): Promise<void> {
  const seen = new Set<string>()
  for (const { input, past = [], pending = [], expect: expected } of vector.steps ?? []) {
    const from = input === undefined ? past.length : undefined
    const outcome = await outcomeOf(vector, input ?? [...past, ...pending], from)
    if (outcome.raises !== null) throw new Error(outcome.raises)
    const fresh = outcome.result.violations.filter(({ key }) => !seen.has(key))
    expect(fresh.map(({ key }) => key).toSorted()).toEqual([...(expected.keys ?? [])].toSorted())
    for (const { key } of fresh) seen.add(key)
  }
}

test.each(vectors.map((vector) => [vector.name, vector] as const))(
  '%s is judged as the original does',
  async (_name, vector) => {
    if (vector.kind === 'ast') checkTree(vector)
    else if (vector.kind === 'load') checkPlaces(vector)
    else if (vector.kind === 'session') await checkSession(vector)
    else await checkOutcome(vector)
  },
)

test('where they lie beside the project, there are 786 of them', () => {
  expect([0, 786]).toContain(vectors.length)
})
