import { countSteps, type Meter } from '../value/meter.ts'
import { wordSet, type Assertion } from './node.ts'
import type { Instruction, Program } from './program.ts'

/**
 * Matching that counts its steps: a backtracking machine that never tries the same instruction at the same place
 * twice, which makes most patterns linear in the text; and where captures forbid that, it ends with its steps.
 */
export type Visited = Uint32Array | null

/** 64 million bits are 8 MB; a longer text is matched without remembering, and ends with its steps. */
const mostBits = 64 * 1024 * 1024

/** Steps are told to the meter in lots: telling costs more than a step. */
const lot = 4096

export function visitedFor(program: Program, text: string): Visited {
  const bits = program.code.length * (text.length + 1)
  return program.hasMemory || bits > mostBits ? null : new Uint32Array((bits >> 5) + 1)
}

/** Where the match that starts here ends; -1 for none. */
export function matchAt(
  program: Program,
  text: string,
  start: number,
  visited: Visited,
  meter: Meter,
): number {
  const slots = new Array<number>(program.slots).fill(-1)
  return run(program, text, { start, pc: 0, visited, slots, meter })
}

type Start = {
  readonly start: number
  readonly pc: number
  readonly visited: Visited
  readonly slots: number[]
  readonly meter: Meter
}

/** The stack holds what to try next, as pairs; a negative instruction is a slot to put back. */
function run(program: Program, text: string, { start, pc: first, visited, slots, meter }: Start): number {
  const { code } = program
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
      return slots[instruction.slot] === at ? null : { at, pc: pc + 1 }
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
      const start = instruction.isAhead ? at : back(text, at, instruction.width)
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

function enclosed(program: Program, text: string, from: Omit<Start, 'visited'>): number {
  return run(program, text, { ...from, visited: null })
}

function back(text: string, at: number, width: number): number {
  let start = at
  for (let count = 0; count < width; count++) {
    start--
    const isLow = start > 0 && (text.codePointAt(start - 1) ?? 0) > 0xffff
    if (isLow) start--
    if (start < 0) return -1
  }
  return start
}

const wordCharacter = new RegExp(`^${wordSet}$`, 'v')

function holds(assertion: Assertion, text: string, at: number): boolean {
  switch (assertion) {
    case 'start':
      return at === 0
    case 'line-start':
      return at === 0 || text[at - 1] === '\n'
    case 'end':
      return at === text.length || (at === text.length - 1 && text[at] === '\n')
    case 'line-end':
      return at === text.length || text[at] === '\n'
    case 'text-end':
      return at === text.length
    case 'word':
      return isWord(text, at - 1) !== isWord(text, at)
    case 'not-word':
      return isWord(text, at - 1) === isWord(text, at)
  }
}

function isWord(text: string, at: number): boolean {
  const point = at < 0 ? undefined : text.codePointAt(at)
  if (point === undefined) return false
  const isSecond = point >= 0xdc00 && point < 0xe000 && (text.codePointAt(at - 1) ?? 0) > 0xffff
  return wordCharacter.test(String.fromCodePoint(isSecond ? (text.codePointAt(at - 1) ?? 0) : point))
}
