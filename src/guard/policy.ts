import { check } from './check.ts'
import type { DetectorName, Detectors } from './detector.ts'
import { unknownKinds } from './kinds.ts'
import { link } from './link.ts'
import { isLocal } from './run/local.ts'
import { linesOf, problemAt, type Problem } from './problem.ts'
import { compileExpression } from './run/expression.ts'
import type { Code } from './run/frame.ts'
import { planBody, type Body } from './run/plan.ts'
import type { Predicate } from './run/predicate.ts'
import type { Constant, PolicyScope, Scope, WantedKind } from './run/scope.ts'
import { parse } from './syntax/parse.ts'
import { readSource, type Source } from './syntax/source.ts'
import type { Declaration, Expression, Rule, Tree } from './syntax/tree.ts'

/**
 * The text of a policy to what can be judged with (judge.ts). Everything that can be wrong with a text is told with
 * its place; everything that would make a rule silent is a warning.
 */
export type Policy = {
  readonly rules: readonly CompiledRule[]
  readonly warnings: readonly Problem[]
  /** Detectors that its rules ask. */
  readonly needs: ReadonlySet<DetectorName>
  readonly constants: number
}

export type CompiledRule = {
  readonly index: number
  /** Where it starts, line from 1. */
  readonly line: number
  readonly head: Code
  readonly body: Body
  readonly size: number
  /** It cannot fire: a warning says why. */
  readonly isDead: boolean
  /**
   * Whether everything it may mark is bound, or older than what is bound: then a judgement of what is new need not
   * look at bindings of what is old alone.
   */
  readonly isLocal: boolean
}

export type PolicyOptions = {
  /** What there is to ask; a rule that needs another detector is a problem. Left out: everything. */
  readonly detectors?: ReadonlySet<DetectorName> | Detectors
}

export type Compiled =
  | { readonly kind: 'policy'; readonly policy: Policy }
  | {
      readonly kind: 'problems'
      readonly problems: readonly Problem[]
      readonly warnings: readonly Problem[]
    }

/** A policy longer than this is no policy; the longest known has 4,000 characters. */
const mostCharacters = 100_000

/** Nobody reads more of them, and each is a search for its place. */
const mostProblems = 100

export function compile(text: string, options: PolicyOptions = {}): Compiled {
  const source = readSource(text.slice(0, mostCharacters + 1))
  const tell = (at: number, phase: Problem['phase'], message: string): Problem =>
    problemAt(source.given, source.toGiven(at), phase, message)
  const failed = (problem: Problem): Compiled => ({ kind: 'problems', problems: [problem], warnings: [] })
  if (text.length > mostCharacters) {
    return failed(tell(0, 'parse', `the policy is longer than ${mostCharacters} characters`))
  }
  const parsed = parse(source.text)
  if ('found' in parsed) return failed(tell(parsed.found.at, 'parse', parsed.found.message))
  const found = check(parsed.tree)
  const toldOf = (isWarning: boolean): Problem[] =>
    found
      .filter((each) => each.isWarning === isWarning)
      .slice(0, mostProblems)
      .map(({ at, phase, message }) => tell(at, phase, message))
  const warnings = toldOf(true)
  const linked = link(parsed.tree)
  const unlinked = linked.problems.slice(0, mostProblems)
  const problems = [...toldOf(false), ...unlinked.map(({ at, message }) => tell(at, 'link', message))]
  if (problems.length > 0) return { kind: 'problems', problems, warnings }
  const needs: PolicyScope['needs'] = new Map()
  const warn = (at: number, message: string): void => {
    if (warnings.length < mostProblems) warnings.push(tell(at, 'pattern', message))
  }
  const wants: WantedKind[] = []
  const policy = build(parsed.tree, source, { names: linked.names, needs, wants, warn })
  const missing = [...needs]
    .filter(([name]) => options.detectors?.has(name) === false)
    .map(([name, { at, by }]) => tell(at, 'link', `${by} asks the detector ${name}, which is not configured`))
  const unknown = unknownKinds(wants, options.detectors).map(({ at, message }) => tell(at, 'link', message))
  const refused = [...missing, ...unknown]
  if (refused.length > 0) return { kind: 'problems', problems: refused, warnings }
  return { kind: 'policy', policy: { ...policy, warnings } }
}

function build(tree: Tree, source: Source, known: Omit<PolicyScope, 'constants' | 'predicates'>): Policy {
  const constants = new Map<string, Constant>()
  const predicates = new Map<string, Predicate>()
  const scope: PolicyScope = { ...known, constants, predicates }
  const declared = tree.statements.filter((statement) => statement.kind === 'declaration')
  for (const node of declared) {
    if (node.parameters === null)
      constants.set(node.name, {
        index: constants.size,
        code: once(() => constant(node, scope)),
        value: valueOf(node),
      })
    else
      predicates.set(
        node.name,
        predicate(
          node,
          node.parameters.map(({ name }) => name),
          scope,
        ),
      )
  }
  // All of it is made now, so that all warnings and needs are known.
  for (const { code } of constants.values()) code()
  for (const { code } of predicates.values()) code()
  const byName = new Map(declared.map((node) => [node.name, node]))
  const rules = tree.statements.filter((statement) => statement.kind === 'rule')
  const lineOf = linesOf(source.given)
  return {
    rules: rules.map((node, index) => ({
      ...rule(node, scope, byName),
      index,
      line: lineOf(source.toGiven(node.at)),
    })),
    warnings: [],
    needs: new Set(known.needs.keys()),
    constants: constants.size,
  }
}

function once<Made>(make: () => Made): () => Made {
  let made: { readonly value: Made } | undefined
  return () => (made ??= { value: make() }).value
}

function scopeFor(policy: PolicyScope): Scope {
  return { slots: new Map(), frame: { size: 0, isDead: false }, policy }
}

function valueOf({ body: [only, ...more] }: Declaration): Expression | null {
  const isValue = more.length === 0 && only !== undefined && only.kind !== 'assign' && only.kind !== 'import'
  return isValue ? only : null
}

/** A constant of several lines is their conjunction, as a predicate's body is. */
function constant(node: Declaration, policy: PolicyScope): Code {
  const only = valueOf(node)
  if (only !== null) {
    const scope = scopeFor(policy)
    const code = compileExpression(only, scope)
    return ({ run }) => code({ run, slots: new Array(scope.frame.size).fill(null) })
  }
  const called = predicate(node, [], policy)
  const scope: PolicyScope = { ...policy, predicates: new Map(policy.predicates).set(node.name, called) }
  const call = {
    kind: 'call',
    at: node.at,
    callee: { kind: 'name', at: node.at, name: node.name },
    arguments: [],
    named: [],
  } as const
  return compileExpression(call, scopeFor(scope))
}

function predicate(node: Declaration, parameters: readonly string[], policy: PolicyScope): Predicate {
  const code = once(() => {
    const scope = scopeFor(policy)
    for (const name of parameters) scope.slots.set(name, scope.frame.size++)
    const body = planBody(node.body, scope)
    return { body, size: scope.frame.size }
  })
  return { name: node.name, parameters, code }
}

function rule(
  node: Rule,
  policy: PolicyScope,
  declared: ReadonlyMap<string, Declaration>,
): Omit<CompiledRule, 'index' | 'line'> {
  const scope = scopeFor(policy)
  const body = planBody(node.body, scope)
  const head = compileExpression(node.head, scope)
  const { size, isDead } = scope.frame
  return { head, body, size, isDead, isLocal: body.lastWhole > 0 && isLocal(node.body, declared) }
}
