import { compileRegex } from '../../src/guard/regex/regex.ts'
import { defaultLimits, type Limits } from '../../src/guard/limits.ts'
import { judge } from '../../src/guard/judge.ts'
import { compile } from '../../src/guard/policy.ts'
import { readTrace } from '../../src/guard/trace/read.ts'
import { createMeter } from '../../src/guard/value/meter.ts'
import { toTrouble } from '../../src/guard/value/trouble.ts'
import { createRandom, type Random } from '../support/random.ts'
import { randomPattern } from './pattern.ts'
import { randomPolicy } from './policy.ts'
import { randomTrace } from './trace.ts'

/**
 * Random policies on random traces, and random patterns on random texts: nothing is thrown, nothing takes longer than
 * its limits allow, what failed is told as a limit or as the rule's own mistake, and an answer is the same twice.
 */
export type Judged = { readonly policies: number; readonly compiled: number; readonly slowestMs: number }

/** As tight as the traces are small, so that limits are met and not only written. */
const limits: Limits = {
  ...defaultLimits,
  ...{
    evaluations: 5_000,
    milliseconds: 20,
    size: 200_000,
    memory: 1_000_000,
    regexSteps: 50_000,
    violations: 100,
  },
}

// Of the processor and not by the clock on the wall: a busy machine is no hang.
const hangMs = 3_000

function processorMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

export function fuzzGuard(most: number, firstSeed: number): Judged {
  let [compiled, slowestMs] = [0, 0]
  for (let seed = firstSeed; seed < firstSeed + most; seed++) {
    const startedAt = processorMs()
    try {
      if (fuzzOne(createRandom(seed))) compiled++
    } catch (error) {
      throw new Error(`seed ${seed} fails`, { cause: error })
    }
    const tookMs = processorMs() - startedAt
    if (tookMs > hangMs) throw new Error(`seed ${seed} took ${Math.round(tookMs)} ms`)
    slowestMs = Math.max(slowestMs, tookMs)
  }
  return { policies: most, compiled, slowestMs }
}

/** Whether the policy could be judged at all. */
function fuzzOne(random: Random): boolean {
  fuzzPattern(random)
  const text = randomPolicy(random)
  const made = compile(text)
  if (made.kind === 'problems') {
    const lines = text.split(/\r\n?|\n/).length
    const isPlaced = made.problems.every(({ line, column }) => line >= 1 && line <= lines && column >= 1)
    if (made.problems.length === 0 || !isPlaced) throw new Error('a problem is nowhere')
    return false
  }
  const trace = randomTrace(random)
  const read = readTrace(trace)
  if (read.kind === 'refused') return true
  const from = random.below(3) === 0 ? random.below(trace.length + 1) : undefined
  const results = (random.below(4) === 0 ? [read, readTrace(trace)] : [read]).map((each) => {
    if (each.kind === 'refused') throw new Error('a trace is refused the second time')
    const given = { limits, now: processorMs, input: { a: 'a' }, ...(from === undefined ? {} : { from }) }
    const result = judge(made.policy, each.trace, given)
    if (result instanceof Promise) throw new Error('nothing was to be waited for')
    return result
  })
  for (const { errors } of results) {
    const internal = errors.find(({ kind }) => kind === 'internal')
    if (internal !== undefined) throw new Error(`internal: ${internal.message}\n${text}`)
  }
  // A limit of time is met sooner or later.
  const isTimed = results.some(({ errors }) => errors.some(({ kind }) => kind === 'limit'))
  const [one, other = one] = results.map((result) => JSON.stringify(result))
  if (!isTimed && one !== other)
    throw new Error(`judged twice, it is not the same:\n${text}\n${one}\n${other}`)
  return true
}

function fuzzPattern(random: Random): void {
  const compiled = compileRegex(randomPattern(random), random.below(2) === 0 ? 'search' : 'full')
  if (compiled.kind === 'refused') return
  const letters = Array.from({ length: random.below(60) }, () =>
    random.pick(['a', 'b', 'ab', ' ', '\n', 'é', '1']),
  )
  const text = letters.join('').repeat(random.pick([1, 1, 1, 100]))
  try {
    const meter = createMeter(limits, processorMs)
    const isFound = compiled.regex.matches(text, meter)
    const [first] = compiled.regex.find(text, meter)
    if (isFound && first?.from !== 0) throw new Error('what matches at the start is not found there')
  } catch (error) {
    if (toTrouble(error).kind !== 'limit') throw error
  }
}
