import { createSets } from './set.ts'
import { widthOf, type Assertion, type Node } from './node.ts'

/** The tree as instructions for the matcher that counts its steps (match.ts). */
export type Instruction =
  | { readonly kind: 'set'; readonly has: (point: number) => boolean }
  | { readonly kind: 'assert'; readonly at: Assertion }
  /** Tries `first`, and `second` if that fails. */
  | { readonly kind: 'split'; first: number; second: number }
  | { readonly kind: 'jump'; to: number }
  | { readonly kind: 'save'; readonly slot: number }
  /** Leaves the loop if nothing was taken since the slot was saved: an empty turn is its last, as in Python. */
  | { readonly kind: 'progress'; readonly slot: number; end: number }
  | { readonly kind: 'back'; readonly index: number; readonly fold: boolean }
  | { readonly kind: 'if'; readonly index: number; readonly no: number }
  | {
      readonly kind: 'look'
      readonly width: number
      readonly isAhead: boolean
      readonly isNegated: boolean
      readonly next: number
    }
  | { readonly kind: 'atomic'; readonly next: number }
  | { readonly kind: 'done' }

export type Program = {
  readonly code: readonly Instruction[]
  readonly slots: number
  /** Whether what follows depends on what was captured: then no state can be given up for good. */
  readonly hasMemory: boolean
}

/** Counted repetitions are written out: how long that gets is for `sizeOf` to say before. */
export function toProgram(node: Node, groups: number): Program {
  const code: Instruction[] = []
  let slots = (groups + 1) * 2
  let hasMemory = false
  const membership = createSets()
  const add = (instruction: Instruction): number => code.push(instruction) - 1
  const loop = (item: Node, isLazy: boolean): void => {
    const slot = slots++
    const split = { kind: 'split' as const, first: 0, second: 0 }
    const start = add(split)
    add({ kind: 'save', slot })
    write(item)
    const progress = { kind: 'progress' as const, slot, end: 0 }
    add(progress)
    add({ kind: 'jump', to: start })
    progress.end = code.length
    split.first = isLazy ? code.length : start + 1
    split.second = isLazy ? start + 1 : code.length
  }
  const optional = (item: Node, count: number, isLazy: boolean): void => {
    const splits = Array.from({ length: count }, () => {
      const split = { kind: 'split' as const, first: 0, second: 0 }
      const at = add(split)
      write(item)
      return { split, at }
    })
    for (const { split, at } of splits) {
      split.first = isLazy ? code.length : at + 1
      split.second = isLazy ? at + 1 : code.length
    }
  }
  const enclosed = (instruction: (next: number) => Instruction, item: Node): void => {
    const at = add({ kind: 'done' })
    write(item)
    add({ kind: 'done' })
    code[at] = instruction(code.length)
  }
  const write = (part: Node): void => {
    switch (part.kind) {
      case 'set':
        add({ kind: 'set', has: membership(part.source, part.fold) })
        return
      case 'assert':
        add(part)
        return
      case 'sequence':
        for (const item of part.items) write(item)
        return
      case 'choice': {
        const jumps = part.options.slice(0, -1).map((option) => {
          const split = { kind: 'split' as const, first: code.length + 1, second: 0 }
          add(split)
          write(option)
          const jump = { kind: 'jump' as const, to: 0 }
          add(jump)
          split.second = code.length
          return jump
        })
        const last = part.options.at(-1)
        if (last !== undefined) write(last)
        for (const jump of jumps) jump.to = code.length
        return
      }
      case 'repeat': {
        if (part.mode === 'possessive') {
          enclosed((next) => ({ kind: 'atomic', next }), { ...part, mode: 'greedy' })
          return
        }
        for (let count = 0; count < part.min; count++) write(part.item)
        if (part.max === Infinity) loop(part.item, part.mode === 'lazy')
        else optional(part.item, part.max - part.min, part.mode === 'lazy')
        return
      }
      case 'group':
        add({ kind: 'save', slot: part.index * 2 })
        write(part.item)
        add({ kind: 'save', slot: part.index * 2 + 1 })
        return
      case 'look': {
        const { isAhead, isNegated } = part
        const width = isAhead ? 0 : (widthOf(part.item) ?? 0)
        enclosed((next) => ({ kind: 'look', width, isAhead, isNegated, next }), part.item)
        return
      }
      case 'atomic':
        enclosed((next) => ({ kind: 'atomic', next }), part.item)
        return
      case 'back':
        hasMemory = true
        add(part)
        return
      case 'if': {
        hasMemory = true
        const at = add({ kind: 'done' })
        write(part.yes)
        const jump = { kind: 'jump' as const, to: 0 }
        add(jump)
        code[at] = { kind: 'if', index: part.index, no: code.length }
        write(part.no)
        jump.to = code.length
        return
      }
    }
  }
  write(node)
  add({ kind: 'done' })
  return { code, slots, hasMemory }
}
