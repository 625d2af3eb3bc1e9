import { valueFor } from './arguments.ts'
import { createRandom, hashOf, type Random } from './random.ts'
import { callFor, type Call } from './tool.ts'
import { conversationOf, questionOf, toolResultOf, type Prompt } from './prompt.ts'
import { excerpt, firstOf, madeText, noText, toText, type Text } from './text.ts'
import type { Content } from './model.ts'

/** What the demo says: a pure function of the prompt, the same for the same seed. */
export type Finish = 'stop' | 'length' | 'stop-sequence' | 'tool-calls' | 'filter'

export type Answer = {
  readonly thinking: Text
  readonly text: Text
  readonly calls: readonly Call[]
  readonly finish: Finish
  readonly stopSequence: string | null
}

const openings = [
  'Hello from Weir’s demo provider! 🌊',
  'This is Weir’s demo provider speaking. 🦦',
  'Weir’s demo provider at your service. 💧',
] as const

const remarks = [
  'No model was asked, no key was needed, and nothing left this machine.',
  'A weir lets the water pass, unhurried and unchanged, and measures it.',
  'Every byte of this answer went by exactly as it was sent, even the ones in “Zürich” and “水”.',
  'Ask the same thing again and you will get the very same words, façade and all.',
  'The trace of this exchange is already being written down while you read it.',
  'Put a real provider behind the same address, and only the answers will get smarter.',
  'If you would rather see things go wrong, try one of the models from s01 to s16.',
  'It would be naïve to call this intelligence; still, the punctuation is impeccable.',
  'Upstream the river is wide, downstream it is calm, and in between somebody counts the drops.',
  'An otter would call it a fine place to sit and watch the tokens float past.',
] as const

const fillers = [
  'water',
  'flows',
  'over',
  'the',
  'weir',
  'and',
  'río',
  'abajo',
  'it',
  'stays',
  '水',
  'calm',
] as const

/** The conversation and the model decide, unless the request brings a seed of its own. */
export function seedOf(prompt: Prompt): number {
  return prompt.seed === null
    ? hashOf(prompt.model + '\n' + conversationOf(prompt))
    : hashOf(String(prompt.seed))
}

export function toAnswer(prompt: Prompt, content: Content, seed: number): Answer {
  const random = createRandom(seed)
  if (content.kind === 'long') return limited({ ...plain, text: longText(content.words, seed) }, prompt)
  if (content.kind === 'echo') return limited(stopped(toText(questionOf(prompt)), prompt), prompt)
  if (content.kind === 'filtered')
    return { ...plain, text: firstOf(talk(prompt, random), 6), finish: 'filter' }
  const thinking = prompt.thinking ? toText(thought(prompt)) : noText
  const call = callFor(prompt, random)
  if (call !== null) {
    const text = toText(`Let me ask ${call.name} about that. 🔧`)
    return limited({ ...plain, thinking, text, calls: [call], finish: 'tool-calls' }, prompt)
  }
  return limited({ ...stopped(talk(prompt, random), prompt), thinking }, prompt)
}

const plain: Answer = { thinking: noText, text: noText, calls: [], finish: 'stop', stopSequence: null }

function talk(prompt: Prompt, random: Random): Text {
  if (prompt.schema !== null) {
    return toText(JSON.stringify(valueFor({ schema: prompt.schema, random, isCommand: false })))
  }
  const question = excerpt(questionOf(prompt), 160)
  const result = toolResultOf(prompt)
  const heard = question === '' ? 'You said nothing that I could read.' : `You said: “${question}”.`
  const told = result === null ? '' : ` The tool answered: “${excerpt(result, 200)}”.`
  const first = random.below(remarks.length)
  const said = [0, 3, 4, 7].map((step) => remarks[(first + step) % remarks.length])
  return toText(`${random.pick(openings)} ${heard}${told} ${said.join(' ')}`)
}

function thought(prompt: Prompt): string {
  const question = excerpt(questionOf(prompt), 60)
  return `The user says “${question}”. No thought is needed to be friendly, but some was asked for. 🤔 I will answer briefly.`
}

function longText(count: number, seed: number): Text {
  return madeText(count, (index) => {
    const word = fillers[hashOf(String(index), seed) % fillers.length] ?? fillers[0]
    return index === 0 ? word : ` ${word}`
  })
}

/** Ends before the first stop sequence. */
function stopped(text: Text, prompt: Prompt): Answer {
  const whole = [...text.pieces()].join('')
  const found = prompt.stop
    .map((sequence) => ({ sequence, at: sequence === '' ? -1 : whole.indexOf(sequence) }))
    .filter(({ at }) => at >= 0)
    .sort((left, right) => left.at - right.at)[0]
  if (found === undefined) return { ...plain, text }
  return {
    ...plain,
    text: toText(whole.slice(0, found.at)),
    finish: 'stop-sequence',
    stopSequence: found.sequence,
  }
}

/**
 * Thinking, text and calls share the limit, in this order. A call is told whole or not at all: half of its
 * JSON would have no whole form in Gemini and Anthropic.
 */
function limited(answer: Answer, prompt: Prompt): Answer {
  const most = Math.max(Math.floor(prompt.maxTokens ?? Infinity), 0)
  if (tokensIn(answer) <= most) return answer
  const thinking = firstOf(answer.thinking, most)
  const text = firstOf(answer.text, most - thinking.tokens)
  return { thinking, text, calls: [], finish: 'length', stopSequence: null }
}

export function tokensIn(answer: Answer): number {
  return (
    answer.thinking.tokens +
    answer.text.tokens +
    answer.calls.reduce((sum, call) => sum + call.text.tokens, 0)
  )
}
