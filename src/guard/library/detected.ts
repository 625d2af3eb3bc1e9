import type { JsonObject } from '../../conversation/json.ts'
import { readJson } from '../../conversation/json.ts'
import { iterate } from '../value/access.ts'
import { imagesOf, textsOf } from '../value/content.ts'
import { toJson } from '../value/json.ts'
import { trouble } from '../value/trouble.ts'
import { fromJson } from '../value/lazy.ts'
import { list, textOf, type Callable, type Context, type Value } from '../value/value.ts'
import { define, result, resultSort, type Given } from './define.ts'

/** Functions that ask a detector. Their options are the arguments that the rule gave, by name. */
const mostJson = 1_000_000

function optionsOf({ get }: Given, names: readonly string[]): JsonObject {
  const given = names.flatMap((name) => {
    const value = get(name)
    return value === undefined || value === null ? [] : [[name, toJson(value)] as const]
  })
  return Object.fromEntries(given)
}

const findPii = define(
  'pii',
  ['data', 'entities?', 'model?', 'threshold?'],
  (context, given) => {
    const entities = given.get('entities') ?? null
    const wanted = entities === null ? null : new Set(iterate(entities).map((entity) => textOf(entity) ?? ''))
    const options = optionsOf(given, ['entities', 'model', 'threshold'])
    const kinds: Value[] = []
    for (const text of textsOf(given.need('data'))) {
      for (const { kind, start, end } of context.detect('pii', textOf(text) ?? '', options).findings) {
        if (wanted !== null && !wanted.has(kind)) continue
        context.mark(text, start, end)
        kinds.push(kind)
      }
    }
    return list(kinds)
  },
  ['pii'],
)

export const pii: Callable = {
  ...findPii,
  kinds: { detector: 'pii', parameter: 'entities', position: 1 },
}

const moderationOptions = ['model', 'default_threshold', 'cat_thresholds', 'split']

export const moderated = define(
  'moderated',
  ['data', ...moderationOptions.map((name) => `${name}?`)],
  (context, given) => {
    const options = optionsOf(given, moderationOptions)
    return (
      textsOf(given.need('data')).filter((text) => isFound(context, 'moderated', text, options)).length > 0
    )
  },
  ['moderated'],
)

export const promptInjection = define(
  'prompt_injection',
  ['data', 'model?', 'threshold?', 'entities?'],
  (context, given) => {
    const options = optionsOf(given, ['model', 'threshold'])
    const texts = textsOf(given.need('data'))
    return texts.some(
      (text) => context.detect('prompt_injection', textOf(text) ?? '', options).findings.length > 0,
    )
  },
  ['prompt_injection'],
)

function isFound(context: Context, name: 'moderated', text: Value, options: JsonObject): boolean {
  const { findings } = context.detect(name, textOf(text) ?? '', options)
  for (const { start, end } of findings) context.mark(text, start, end)
  return findings.length > 0
}

const members = ['imports', 'builtins', 'function_calls', 'syntax_error', 'syntax_error_exception']
const python = resultSort('PythonDetectorResult', members)

export const pythonCode = define('python_code', ['data'], readPython, ['python_code'])
export const ipythonCode = define(
  'ipython_code',
  ['data'],
  (context, given) => readPython(context, given, true),
  ['python_code'],
)

function readPython(context: Context, { need }: Given, isNotebook = false): Value {
  const code = textsOf(need('data')).map((text) => textOf(text) ?? '')
  const { value } = context.detect('python_code', code.join('\n'), isNotebook ? { ipython: true } : {})
  const read = fromJson(value, null)
  if (typeof read !== 'object' || read === null || read.kind !== 'dict') {
    return trouble('detector', 'python_code answered with something else than code')
  }
  return result(
    python,
    Object.fromEntries(members.map((member) => [member, read.entries.get(member) ?? null])),
  )
}

const issue = resultSort('CodeIssue', ['description', 'severity'])

export const semgrep = define(
  'semgrep',
  ['data', 'lang'],
  (context, { need, text }) => {
    const code = textsOf(need('data')).map((part) => textOf(part) ?? '')
    const { value } = context.detect('semgrep', code.join('\n'), { lang: text('lang') })
    const issues = Array.isArray(value) ? value.map((each) => fromJson(each, null)) : []
    return list(
      issues.map((each) => {
        const known = typeof each === 'object' && each !== null && each.kind === 'dict' ? each.entries : null
        const [description, severity] = ['description', 'severity'].map((key) => known?.get(key) ?? null)
        return result(issue, { description: description ?? null, severity: severity ?? null })
      }),
    )
  },
  ['semgrep'],
)

export const ocr = define(
  'ocr',
  ['data'],
  (context, { need }) =>
    list(
      imagesOf(need('data')).map((image) =>
        String(context.detect('ocr', textOf(image) ?? '', {}).value ?? ''),
      ),
    ),
  ['ocr'],
)

const llmOptions = ['system_prompt', 'model', 'temperature', 'max_tokens']

export const llm = define(
  'llm',
  ['prompt', ...llmOptions.map((name) => `${name}?`)],
  (context, given) =>
    String(context.detect('llm', given.text('prompt'), optionsOf(given, llmOptions)).value ?? ''),
  ['llm'],
)

export const llmConfirm = define(
  'llm_confirm',
  ['description', ...llmOptions.map((name) => `${name}?`)],
  (context, given) => {
    const prompt = `Decide whether this is true. Answer with one word, YES or NO.\n\n${given.text('description')}`
    const { value } = context.detect('llm', prompt, optionsOf(given, llmOptions))
    return typeof value === 'string' && /^\s*yes\b/i.test(value)
  },
  ['llm'],
)

const thresholds: Readonly<Record<string, number>> = {
  might_resemble: 0.2,
  same_topic: 0.5,
  very_similar: 0.8,
}

export const isSimilar = define(
  'is_similar',
  ['data', 'target', 'threshold?'],
  (context, { need, get }) => {
    const given = get('threshold') ?? 'might_resemble'
    const name = textOf(given)
    const threshold =
      name === undefined ? given : Object.hasOwn(thresholds, name) ? thresholds[name] : undefined
    if (typeof threshold !== 'number')
      return trouble('value', 'is_similar: the threshold is a number or a known name')
    return similarity(context, need('data'), need('target'), 'max') > threshold
  },
  ['embedding'],
)

export const embeddingSimilarity = define(
  'embedding_similarity',
  ['data', 'target', 'mode?'],
  (context, { need, get }) =>
    similarity(context, need('data'), need('target'), textOf(get('mode') ?? 'max') === 'min' ? 'min' : 'max'),
  ['embedding'],
)

function similarity(context: Context, data: Value, target: Value, mode: 'max' | 'min'): number {
  const [left, right] = [data, target].map((value) => textsOf(value).map((text) => vectorOf(context, text)))
  const products = (left ?? []).flatMap((a) => (right ?? []).map((b) => dot(a, b)))
  return products.length === 0 ? 0 : mode === 'max' ? Math.max(...products) : Math.min(...products)
}

function vectorOf(context: Context, text: Value): readonly number[] {
  const { value } = context.detect('embedding', textOf(text) ?? '', {})
  const vector = typeof value === 'string' && value.length < mostJson ? readJson(value) : value
  return Array.isArray(vector) ? vector.filter((number) => typeof number === 'number') : []
}

function dot(left: readonly number[], right: readonly number[]): number {
  return left.reduce((sum, number, at) => sum + number * (right[at] ?? 0), 0)
}
