import { countSteps, type Meter } from '../value/meter.ts'
import { trouble } from '../value/trouble.ts'
import { backFrom, holds } from './text.ts'
import type { Instruction, Program } from './program.ts'

/**
 * Matching that counts its steps: a backtracking machine that never tries the same instruction at the same place
 * twice, which makes most patterns linear in the text; and where captures forbid that, it ends with its steps. Of a
 * loop whose turns may be empty (`(|a)+`) it may take another turn than Python: whether there is a match is the same.
 */
export type Visited = Uint32Array | null

/** 64 million bits are 8 MB; a longer text is matched without remembering, and ends with its steps. */
const mostBits = 64 * 1024 * 1024

/** Steps are told to the meter in lots: telling costs more than a step. */
const lot = 4096

/** What waits to be tried again, as numbers of 8 bytes: a step may leave four. */
const mostStack = 4_000_000

export function visitedFor(program: Program, text: string, meter: Meter): Visited {
  const bits = program.code.length * (text.length + 1)
  if (program.hasMemory || bits > mostBits) return null
  const cells = (bits >> 5) + 1
  countSteps(meter, cells >> 3)
  return new Uint32Array(cells)
}

export type Attempt = {
  readonly start: number
  readonly visited: Visited
  /** Whether the empty match does not count. */
  readonly mustAdvance: boolean
}

/** Where the match that starts here ends; -1 for none. */
export function matchAt(program: Program, text: string, attempt: Attempt, meter: Meter): number {
  const { start, visited, mustAdvance } = attempt
  const slots = new Array<number>(program.slots).fill(-1)
  return run(program, text, { start, pc: 0, visited, slots, meter, notAt: mustAdvance ? start : -1 })
}

type Start = {
  readonly start: number
  readonly pc: number
  readonly visited: Visited
  readonly slots: number[]
  readonly meter: Meter
  /** Where the match may not end. */
  readonly notAt: number
}

/** The stack holds what to try next, as pairs; a negative instruction is a slot to put back. */
function run(program: Program, text: string, from: Start): number {
  const { code } = program
  const { start, pc: first, visited, slots, meter, notAt } = from
  const stack: number[] = [first, start]
  let steps = 0
  while (stack.length > 0) {
    let at = stack.pop() ?? 0
    let pc = stack.pop() ?? 0
    if (pc < 0) {
      slots[-pc - 1] = at
      continue
    }
    for (;;) {
      if (++steps === lot) {
        countSteps(meter, steps)
        if (stack.length > mostStack) trouble('limit', 'a regular expression of this policy tries too much')
        steps = 0
      }
      if (visited !== null) {
        const bit = at * code.length + pc
        const mask = 1 << (bit & 31)
        const cell = visited[bit >> 5] ?? 0
        if ((cell & mask) !== 0) break
        visited[bit >> 5] = cell | mask
      }
      const instruction = code[pc]
      if (instruction === undefined || instruction.kind === 'done') {
        if (at === notAt) break
        countSteps(meter, steps)
        return at
      }
      if (instruction.kind === 'set') {
        const point = text.codePointAt(at)
        if (point === undefined || !instruction.has(point)) break
        at += point > 0xffff ? 2 : 1
        pc++
      } else if (instruction.kind === 'split') {
        stack.push(instruction.second, at)
        pc = instruction.first
      } else if (instruction.kind === 'jump') {
        pc = instruction.to
      } else if (instruction.kind === 'save') {
        stack.push(-instruction.slot - 1, slots[instruction.slot] ?? -1)
        slots[instruction.slot] = at
        pc++
      } else {
        const next = step(program, text, instruction, { at, pc, slots, meter })
        if (next === null) break
        at = next.at
        pc = next.pc
      }
    }
  }
  countSteps(meter, steps)
  return -1
}

type State = { readonly at: number; readonly pc: number; readonly slots: number[]; readonly meter: Meter }
type Rare = Exclude<Instruction, { kind: 'set' | 'split' | 'jump' | 'save' | 'done' }>

/** The rarer instructions; null where they fail. */
function step(
  program: Program,
  text: string,
  instruction: Rare,
  state: State,
): { at: number; pc: number } | null {
  const { at, pc, slots, meter } = state
  switch (instruction.kind) {
    case 'assert':
      return holds(instruction.at, text, at) ? { at, pc: pc + 1 } : null
    case 'progress':
      return { at, pc: slots[instruction.slot] === at ? instruction.end : pc + 1 }
    case 'if':
      return { at, pc: (slots[instruction.index * 2 + 1] ?? -1) === -1 ? instruction.no : pc + 1 }
    case 'back': {
      const from = slots[instruction.index * 2] ?? -1
      const to = slots[instruction.index * 2 + 1] ?? -1
      if (from === -1 || to === -1) return null
      const said = text.slice(from, to)
      const here = text.slice(at, at + said.length)
      countSteps(meter, said.length)
      const isSame = instruction.fold ? said.toLowerCase() === here.toLowerCase() : said === here
      return isSame ? { at: at + said.length, pc: pc + 1 } : null
    }
    case 'look': {
      const start = instruction.isAhead ? at : backFrom(text, at, instruction.width)
      // A run of its own, so what it visits must be its own: a success would look like a failure to the next.
      const end = start < 0 ? -1 : enclosed(program, text, { start, pc: pc + 1, slots, meter })
      return (end !== -1) === instruction.isNegated ? null : { at, pc: instruction.next }
    }
    case 'atomic': {
      const end = enclosed(program, text, { start: at, pc: pc + 1, slots, meter })
      return end === -1 ? null : { at: end, pc: instruction.next }
    }
  }
}

function enclosed(program: Program, text: string, from: Omit<Start, 'visited' | 'notAt'>): number {
  return run(program, text, { ...from, visited: null, notAt: -1 })
}
