import type { Detection, Detector, DetectorName, Detectors, Finding } from '../../../src/guard/detector.ts'

/** Detectors that answer by pattern or table, as the vectors describe them: `{pii: {PERSON: 'Bob'}, moderated: 'hate'}`. */
export function stubDetectors(stubs: Readonly<Record<string, unknown>>): Detectors {
  const similarities = stubs['similarity']
  const table: Record<string, unknown> = typeof similarities === 'object' ? { ...similarities } : {}
  const asked: readonly [DetectorName, (text: string) => Detection][] = [
    ['pii', (text) => ({ findings: entitiesIn(stubs['pii'], text) })],
    ['moderated', (text) => ({ findings: patternIn(stubs['moderated'], 'hate', text) })],
    ['prompt_injection', (text) => ({ findings: patternIn(stubs['prompt_injection'], 'INJECTION', text) })],
    ['llm', (text) => ({ findings: [], value: text.includes('I love cats') ? 'YES' : 'NO' })],
    [
      'semgrep',
      (text) => ({
        findings: [],
        value: text.includes('eval') ? [{ description: 'eval', severity: 'warning' }] : [],
      }),
    ],
    ['embedding', (text) => ({ findings: [], value: [table[text] ?? 1] })],
    ['python_code', (text) => ({ findings: [], value: pythonIn(text) })],
    ['ocr', () => ({ findings: [], value: 'it was the best of times, it was the worst of times' })],
  ]
  return new Map(
    asked.map(([name, answer]): [DetectorName, Detector] => {
      if (name === 'python_code') return [name, { kind: 'local', name, kinds: [], detect: answer }]
      return [name, { kind: 'remote', name, kinds: [], detect: async (texts) => texts.map(answer) }]
    }),
  )
}

function entitiesIn(patterns: unknown, text: string): Finding[] {
  if (typeof patterns !== 'object' || patterns === null) return []
  return Object.entries(patterns).flatMap(([kind, pattern]) => patternIn(pattern, kind, text))
}

function patternIn(pattern: unknown, kind: string, text: string): Finding[] {
  if (typeof pattern !== 'string') return []
  const flags = pattern.startsWith('(?i)') ? 'gi' : 'g'
  return Array.from(text.matchAll(new RegExp(pattern.replace('(?i)', ''), flags)), (match) => ({
    kind,
    start: match.index,
    end: match.index + match[0].length,
  }))
}

const builtin = ['eval', 'exec', 'print', 'range', 'open']

/** Enough of Python for the vectors; the real reader is a detector of its own. */
function pythonIn(code: string): unknown {
  const isBroken = /^[A-Z]\w+ there,|^x = \($|^\*\[|^%/m.test(code)
  if (isBroken)
    return { imports: [], builtins: [], function_calls: [], syntax_error: true, syntax_error_exception: 'x' }
  const imports = [...code.matchAll(/^(?:import ([\w.]+)|from ([\w.]+) import)/gm)].map(([, plain, from]) => {
    const name = plain ?? from ?? ''
    return name.startsWith('.') ? null : name
  })
  return {
    imports,
    builtins: [...new Set(code.match(/\b\w+\b/g))].filter((word) => builtin.includes(word)),
    function_calls: Array.from(code.matchAll(/([\w.]+)\(/g), ([, name]) => name),
    syntax_error: false,
    syntax_error_exception: null,
  }
}
