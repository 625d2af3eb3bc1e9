import { type Static, Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { isObject, readJson, type JsonObject } from '../../conversation/json.ts'
import { dialectNames } from '../../dialect/dialect.ts'
import { mend } from '../../guard/mend.ts'
import { toMessages } from './said.ts'

/** Cases that stand beside a rule: a conversation, and what the rules have to say of it. */
export type Case = {
  readonly name: string
  readonly messages: readonly unknown[]
  readonly parameters: JsonObject
  /** Only what has to do with this message or a later one. */
  readonly from: number | null
  readonly expected: Expected
}

export type Expected =
  | { readonly kind: 'violations'; readonly violations: readonly ExpectedViolation[] }
  | { readonly kind: 'error'; readonly text: string }

/** What is not told may be anything. */
export type ExpectedViolation = {
  readonly message?: string
  /** Each of them is among its ranges. */
  readonly ranges?: readonly string[]
  /** Each of them is a text that it marks. */
  readonly marks?: readonly string[]
}

export type ReadCases =
  | { readonly kind: 'cases'; readonly cases: readonly Case[] }
  | { readonly kind: 'wrong'; readonly message: string }

const strict = { additionalProperties: false }
const Texts = Type.Optional(Type.Array(Type.String()))
const OneViolation = Type.Union([
  Type.String(),
  Type.Object({ message: Type.Optional(Type.String()), ranges: Texts, marks: Texts }, strict),
])
const Parameters = Type.Optional(Type.Record(Type.String(), Type.Unknown()))
const WrittenCase = Type.Object(
  {
    name: Type.String(),
    messages: Type.Optional(Type.Array(Type.Unknown())),
    dialect: Type.Optional(Type.Union(dialectNames.map((name) => Type.Literal(name)))),
    request: Type.Optional(Type.Unknown()),
    reply: Type.Optional(Type.Unknown()),
    parameters: Parameters,
    from: Type.Optional(Type.Integer({ minimum: 0 })),
    expect: Type.Union([
      Type.Object({ error: Type.String() }, strict),
      OneViolation,
      Type.Array(OneViolation),
    ]),
  },
  strict,
)
type WrittenCase = Static<typeof WrittenCase>
const CaseFile = Type.Object({ parameters: Parameters, cases: Type.Array(Type.Unknown()) }, strict)

/** Where the cases of a rule file may stand: beside it, under its name. */
export const caseEndings = ['.test.yaml', '.test.yml', '.test.jsonl'] as const

export function readCases(path: string, text: string): ReadCases {
  const read = path.endsWith('.jsonl') ? readLines(text) : readYaml(text)
  if (read.kind === 'wrong') return read
  const file = Array.isArray(read.value) ? { cases: read.value } : read.value
  if (!Value.Check(CaseFile, file)) return wrong('it must be a list of cases, or have them under `cases`')
  const cases: Case[] = []
  for (const [index, each] of file.cases.entries()) {
    const read = readCase(each, file.parameters ?? {})
    if (typeof read === 'string') return wrong(`case ${index + 1}${nameOf(each)}: ${read}`)
    cases.push(read)
  }
  return { kind: 'cases', cases }
}

type ReadText = { readonly kind: 'value'; readonly value: unknown } | Extract<ReadCases, { kind: 'wrong' }>

function readYaml(text: string): ReadText {
  try {
    return { kind: 'value', value: Bun.YAML.parse(text) }
  } catch (error) {
    return wrong(`it is no YAML: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function readLines(text: string): ReadText {
  const cases: unknown[] = []
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue
    const value = readJson(line)
    if (value === undefined) return wrong(`line ${index + 1} is no JSON`)
    cases.push(value)
  }
  return { kind: 'value', value: cases }
}

function readCase(told: unknown, parameters: JsonObject): Case | string {
  if (!Value.Check(WrittenCase, told)) {
    const first = Value.Errors(WrittenCase, told).First()
    return `${first?.path.slice(1).replaceAll('/', '.') || 'the case'}: ${first?.message ?? 'not as expected'}`
  }
  const messages = messagesOf(told)
  if (typeof messages === 'string') return messages
  const { name, from = null, expect } = told
  const expected = expectedOf(expect)
  return { name, messages, from, expected, parameters: { ...parameters, ...told.parameters } }
}

function messagesOf(told: WrittenCase): readonly unknown[] | string {
  const { messages, request, reply, dialect } = told
  if (messages !== undefined) {
    return request === undefined
      ? mend(messages)
      : 'it has `messages` and a `request`: only one of them can be meant'
  }
  if (request === undefined) return 'it needs `messages`, or a `request` with its `dialect`'
  if (dialect === undefined) return `a \`request\` needs its \`dialect\`: ${dialectNames.join(', ')}`
  return (
    toMessages({ dialect, request, reply: reply ?? null, answer: null })?.messages ??
    'the `request` is no object'
  )
}

/** `none` is how nothing is said; a message that is this word is told as `message: none`. */
function expectedOf(told: WrittenCase['expect']): Expected {
  if (typeof told === 'object' && 'error' in told) return { kind: 'error', text: told.error }
  const list = Array.isArray(told) ? told : told === 'none' ? [] : [told]
  const violations = list.map((each) => (typeof each === 'string' ? { message: each } : each))
  return { kind: 'violations', violations }
}

function nameOf(told: unknown): string {
  return isObject(told) && typeof told['name'] === 'string' ? ` (${told['name']})` : ''
}

function wrong(message: string): Extract<ReadCases, { kind: 'wrong' }> {
  return { kind: 'wrong', message }
}
