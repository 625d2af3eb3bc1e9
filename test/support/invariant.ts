import { expect } from 'bun:test'
import { toInvariant, type Invariant } from '../../src/conversation/invariant.ts'
import { isObject, readJson } from '../../src/conversation/json.ts'
import type { DialectName } from '../../src/dialect/dialect.ts'
import { dialects } from '../../src/dialect/index.ts'
import { bodies } from './bodies/index.ts'
import { bytesOf, createChance, rebuild } from './cuts.ts'
import { mutated, resolve } from './scalars.ts'
import { streams } from './streams/index.ts'

/** What must hold of the message form of Invariant's rules and tools, whatever is wrong with a body. */

export function expectAccepted(name: DialectName, rounds: number): void {
  const { readRequest, readAnswer } = dialects[name]
  const chance = createChance(11 + name.length)
  const replies = streams[name].map(({ text }) => rebuild(dialects[name], [bytesOf(text)]).body)
  for (let round = 0; round < rounds; round++) {
    let request: unknown = bodies[name][round % bodies[name].length]
    let reply: unknown = replies[round % replies.length]
    if (round >= 2 * replies.length) {
      request = mutated(request, chance)
      reply = mutated(reply, chance)
    }
    const invariant = toInvariant(readRequest(request), readAnswer(reply))
    expect(invariant.sources).toHaveLength(invariant.messages.length)
    expect(invariant.messages.flatMap((message) => wrongIn(message) ?? [])).toEqual([])
    expect(misledIn(invariant, request, reply)).toEqual([])
  }
}

/** What the engine's trace format allows; undefined if all is well. */
function wrongIn(message: unknown): string | undefined {
  if (!isObject(message) || typeof message['role'] !== 'string') return 'no message'
  const { role, content, tool_calls, tool_call_id } = message
  const isDict = isObject(content) && role === 'tool'
  const isList = Array.isArray(content) && content.every(isChunk)
  if (content !== null && typeof content !== 'string' && !isDict && !isList) return 'content'
  if (role === 'tool' && tool_call_id !== null && typeof tool_call_id !== 'string') return 'tool_call_id'
  if (tool_calls === undefined) return undefined
  return Array.isArray(tool_calls) && tool_calls.every(isCall) ? undefined : 'tool_calls'
}

function isChunk(chunk: unknown): boolean {
  if (!isObject(chunk) || typeof chunk['type'] !== 'string') return false
  if (typeof chunk['text'] === 'string') return true
  const image = chunk['image_url']
  return isObject(image) && Object.values(image).every((value) => typeof value === 'string')
}

function isCall(call: unknown): boolean {
  if (!isObject(call) || typeof call['type'] !== 'string' || typeof call['id'] !== 'string') return false
  const called = call['function']
  return isObject(called) && typeof called['name'] === 'string' && isObject(called['arguments'])
}

/** Paths whose source does not say what the message says. */
function misledIn({ messages, sources }: Invariant, request: unknown, reply: unknown): string[] {
  return sources.flatMap(({ body, at, paths }, index) => {
    const root = body === 'request' ? request : reply
    const wrong = resolve(root, at) === undefined ? [`messages.${index}`] : []
    for (const [path, { at: place, is }] of paths) {
      const said = resolve(messages[index], `/${path.replaceAll('.', '/')}`)
      const stands = resolve(root, place)
      const isRight =
        is === 'text'
          ? said === stands
          : is === 'whole' ||
            Bun.deepEquals(typeof stands === 'string' ? readJson(stands) : (stands ?? {}), said)
      if (!isRight) wrong.push(`messages.${index}.${path}`)
    }
    return wrong
  })
}
