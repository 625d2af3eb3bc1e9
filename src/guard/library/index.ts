import type { Callable, Module, Type, Value } from '../value/value.ts'
import { any, empty, len, max, min, sum, tuple } from './basics.ts'
import { copyright } from './copyright.ts'
import {
  embeddingSimilarity,
  ipythonCode,
  isSimilar,
  llm,
  llmConfirm,
  moderated,
  ocr,
  pii,
  promptInjection,
  pythonCode,
  semgrep,
} from './detected.ts'
import { fuzzyContains } from './fuzzy.ts'
import { harmSignsIn, injectionSignsIn, invisibleText } from './heuristics.ts'
import { htmlCode, links } from './html.ts'
import { find, match } from './patterns.ts'
import { shouldAllowRbac } from './rbac.ts'
import { secrets } from './secrets.ts'
import { image, jsonLoads, print, server, text, toolCall } from './trace.ts'
import { unicode } from './unicode.ts'
import { violation } from './violation.ts'

/**
 * Every name that a policy can know without declaring it. Nothing else can be imported: upstream resolves any module
 * of its host, which hands the host to whoever writes a rule.
 */
const type = (name: string): [string, Type] => [name, { kind: 'type', name }]
const named = (...functions: readonly Callable[]): [string, Value][] =>
  functions.map((each) => [each.name, each])

const types = [
  ...[
    'LLM',
    'Message',
    'ToolCall',
    'Function',
    'ToolOutput',
    'Input',
    'TextChunk',
    'Image',
    'Tool',
    'ToolParameter',
  ],
  ...['UpdateMessage', 'UpdateMessageHandler', 'AccessDenied', 'str', 'int', 'float', 'bool', 'list', 'dict'],
].map(type)

/** Types that cannot be called, by the words that Python has for them. */
export const uncallable: ReadonlySet<string> = new Set([
  'str',
  'int',
  'float',
  'bool',
  'list',
  'dict',
  'AccessDenied',
])

export const builtins: ReadonlyMap<string, Value> = new Map<string, Value>([
  ...types,
  ...named(
    any,
    empty,
    match,
    jsonLoads,
    len,
    find,
    min,
    max,
    sum,
    print,
    tuple,
    toolCall,
    text,
    server,
    image,
  ),
  ...named(violation('Violation'), violation('PolicyViolation')),
  type('input'),
])

const quantifiers = [type('forall'), type('count')]
const code = [...named(pythonCode, ipythonCode, semgrep), type('CodeIssue'), type('PythonDetectorResult')]
const injection = named(promptInjection, unicode)
const similarity = named(isSimilar, embeddingSimilarity)
const html = [...named(htmlCode, links), type('HiddenHTMLData')]
const errors = [
  'PolicyLoadingError',
  'UnhandledError',
  'AnalysisResult',
  'ErrorInformation',
  'InvariantInputValidationError',
]
const models = named(llm, llmConfirm)

/** Each importable module and its names; those of `invariant` know the built-ins as well. */
const contents: readonly (readonly [string, readonly (readonly [string, Value])[]])[] = [
  ['invariant.builtins', [...builtins]],
  ['invariant.quantifiers', quantifiers],
  ['invariant.access_control', named(shouldAllowRbac)],
  ['invariant.llm', models],
  [
    'invariant.errors',
    [
      ...named(violation('Violation'), violation('PolicyViolation')),
      ...errors.map(type),
      type('AccessDenied'),
    ],
  ],
  ['invariant.re', named(match, find)],
  ['invariant.detectors.secrets', named(secrets)],
  ['invariant.detectors.copyright', named(copyright)],
  ['invariant.detectors.code', code],
  ['invariant.detectors.pii', named(pii)],
  ['invariant.detectors.moderation', named(moderated)],
  ['invariant.detectors.prompt_injection', injection],
  ['invariant.detectors.fuzzy_matching', named(fuzzyContains)],
  ['invariant.detectors.sentence_similarity', similarity],
  [
    'invariant.detectors',
    [...named(secrets, copyright, pii, moderated, fuzzyContains), ...code, ...injection, ...similarity],
  ],
  // Of our own, and named so.
  ['weir.heuristics', named(injectionSignsIn, invisibleText, harmSignsIn)],
  ['invariant.parsers.html', html],
  ['invariant.parsers.ocr', named(ocr)],
  ['invariant.parsers', [...html, ...named(ocr)]],
  [
    'invariant',
    [...builtins, ...quantifiers, ...models, ...['Chunk', 'Contents', 'Event', 'Range', ...errors].map(type)],
  ],
]

export const modules: ReadonlyMap<string, Module> = new Map(
  contents.map(([name, members]) => [name, { kind: 'module', name, members: new Map(members) }]),
)
