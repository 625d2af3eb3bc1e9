import { harmlessCommand, valueFor } from './arguments.ts'
import { questionOf, toolResultOf, type Prompt, type Tool } from './prompt.ts'
import { toText, type Text } from './text.ts'
import type { Json } from './json.ts'
import type { Random } from './random.ts'

/**
 * Which tool is called, and with what. Real agents are pointed at the demo and do what it says, so it calls a
 * tool once per conversation, runs nothing but an echo, and changes nothing unless `tool_choice` names the tool.
 */
export type Call = {
  readonly kind: Tool['kind']
  readonly name: string
  /** The arguments as JSON text, or the free text of a custom tool. */
  readonly text: Text
  readonly value: Json
}

const askingWords = /\b(tools?|call|run|weather)\b/i
const changing = new Set(
  (
    'patch write edit delete remove replace update create insert move rename append overwrite save set put post ' +
    'send upload publish push commit kill stop stdin install spawn memory todo todos'
  ).split(' '),
)
const commanding = new Set(
  'shell exec execute bash sh zsh powershell command cmd terminal run script code python'.split(' '),
)

export function callFor(prompt: Prompt, random: Random): Call | null {
  const tool = choose(prompt)
  if (tool === null) return null
  const isCommand = wordsOf(tool.name).some((word) => commanding.has(word))
  if (tool.kind === 'custom') {
    const text = isCommand ? harmlessCommand : 'hello from weir, with a naïve 🦦'
    return { kind: 'custom', name: tool.name, text: toText(text), value: text }
  }
  const made = valueFor({ schema: { type: 'object', ...tool.schema }, random, isCommand })
  return { kind: 'function', name: tool.name, text: toText(JSON.stringify(made)), value: made }
}

function choose(prompt: Prompt): Tool | null {
  const { choice, tools } = prompt
  if (choice.kind === 'none' || toolResultOf(prompt) !== null) return null
  if (choice.kind === 'named') return tools.find((tool) => tool.name === choice.name) ?? null
  const question = questionOf(prompt).toLowerCase()
  const harmless = tools.filter((tool) => !wordsOf(tool.name).some((word) => changing.has(word)))
  const isAsked = askingWords.test(question) || harmless.some((tool) => isNamed(tool, question))
  if (choice.kind === 'auto' && !isAsked) return null
  return best(harmless, question)
}

/** The tool that the question speaks of most, else the first. */
function best(tools: readonly Tool[], question: string): Tool | null {
  const score = (tool: Tool) =>
    (isNamed(tool, question) ? 10 : 0) + wordsOf(tool.name).filter((word) => question.includes(word)).length
  return tools.reduce<Tool | null>(
    (found, tool) => (found === null || score(tool) > score(found) ? tool : found),
    null,
  )
}

function isNamed(tool: Tool, question: string): boolean {
  return tool.name !== '' && question.includes(tool.name.toLowerCase())
}

function wordsOf(name: string): readonly string[] {
  return name
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((word) => word !== '')
}
