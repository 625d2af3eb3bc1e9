/**
 * A coding agent's conversation, the same for the same seed: prose, code and tool results whose words repeat the way words
 * do, with numbers and hashes between them that nothing compresses. zstd makes a half to a third of it.
 */
export type Message = {
  readonly role: 'system' | 'user' | 'assistant' | 'tool'
  readonly content: string
  readonly tool_call_id?: string
  readonly tool_calls?: readonly ToolCall[]
}
type ToolCall = {
  readonly id: string
  readonly type: 'function'
  readonly function: { readonly name: string; readonly arguments: string }
}

/** What the model says in a turn, and what the agent sends back to it. */
export type Turn = { readonly said: Message; readonly result: Message }

export type Agent = { readonly opening: readonly Message[]; readonly turn: (resultBytes: number) => Turn }

export function createAgent(seed: number): Agent {
  const random = createRandom(seed)
  const words = Array.from({ length: 4_000 }, () => makeWord(random))

  function word(): string {
    // Zipf's law, nearly: the common words are much more common.
    return words[Math.floor(words.length * random() ** 3)] ?? ''
  }

  function sentence(): string {
    const text = Array.from({ length: 6 + Math.floor(random() * 12) }, word).join(' ')
    return `${text.charAt(0).toUpperCase()}${text.slice(1)}. `
  }

  function prose(bytes: number): string {
    let text = ''
    while (text.length < bytes) text += sentence()
    return text
  }

  function code(bytes: number): string {
    let text = ''
    for (let line = 1; text.length < bytes; line++) {
      const indent = '  '.repeat(1 + Math.floor(random() * 3))
      const number = Math.floor(random() * 1e6)
      text += `${String(line).padStart(5)}\t${indent}const ${word()}${number} = ${word()}.${word()}("${word()}\\t${hex(8)}", { ${word()}: ${number} })\n`
    }
    return text
  }

  function hex(length: number): string {
    return Array.from({ length }, () => Math.floor(random() * 16).toString(16)).join('')
  }

  function turn(resultBytes: number): Turn {
    const id = `call_${hex(24)}`
    const path = `/home/dev/project/src/${word()}/${word()}.ts`
    const call = { path, offset: Math.floor(random() * 2000), pattern: `"${word()}\\s+${word()}"` }
    const tool = { name: 'read_file', arguments: JSON.stringify(call) }
    const output = { path, sha256: hex(64), exit: 0, content: code(resultBytes), stderr: '' }
    return {
      said: {
        role: 'assistant',
        content: prose(400),
        tool_calls: [{ id, type: 'function', function: tool }],
      },
      result: { role: 'tool', tool_call_id: id, content: JSON.stringify(output) },
    }
  }

  const opening: readonly Message[] = [
    { role: 'system', content: prose(12_000) },
    { role: 'user', content: prose(600) },
  ]
  return { opening, turn }
}

const tools = ['read_file', 'write_file', 'run_command', 'search'].map((name) => ({
  type: 'function',
  function: {
    name,
    description: `${name}: one of the tools of the agent, described as tools are`,
    parameters: { type: 'object', properties: { path: { type: 'string' }, pattern: { type: 'string' } } },
  },
}))

export function toBody(messages: readonly Message[]): string {
  return JSON.stringify({
    model: 'bench',
    messages,
    tools,
    stream: true,
    stream_options: { include_usage: true },
  })
}

/** A request as it is late in the work: as many turns as make so many bytes. */
export function createBody(bytes: number, seed: number): string {
  const agent = createAgent(seed)
  const messages = [...agent.opening]
  for (let size = toBody(messages).length; size < bytes;) {
    const { said, result } = agent.turn(Math.min(8_000, bytes - size))
    messages.push(said, result)
    size += JSON.stringify(said).length + JSON.stringify(result).length
  }
  return toBody(messages)
}

// mulberry32: small, and the same everywhere.
function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const syllables =
  'a be co di en fa ga he in ja ka lo mi no or pa re sa ta un ver wi ty er ing tion ment str'.split(' ')

function makeWord(random: () => number): string {
  const length = 1 + Math.floor(random() * 4)
  return Array.from({ length }, () => syllables[Math.floor(random() * syllables.length)]).join('')
}
