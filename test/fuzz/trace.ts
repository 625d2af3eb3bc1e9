import type { Random } from '../support/random.ts'

/** Traces of all sorts of messages, some of them with what no message should have. */
const texts = [
  ...[
    '',
    'a',
    'user',
    'hello ab',
    '{"a": 1, "b": {"a": [1, 2]}}',
    '[1, 2]',
    'a'.repeat(300),
    '\u{1f600} x',
    'a\nb',
  ],
  ...[
    'ghp_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
    '<a href="http://a.b/c">x</a>',
    '\ud800',
    '{',
    'MIT License',
  ],
]
const oddities: readonly unknown[] = [
  null,
  1,
  [],
  {},
  '',
  true,
  [null],
  { a: 1 },
  [{ type: 'text', text: 'a' }],
  1e300,
]

export function randomTrace(random: Random): unknown[] {
  return Array.from({ length: random.below(12) }, (_, at) => event(random, at))
}

function event(random: Random, at: number): unknown {
  const made = plain(random, at)
  if (random.below(40) > 0) return made
  const keys = Object.keys(made)
  return { ...made, [random.pick([...keys, 'metadata', 'type', 'server'])]: random.pick(oddities) }
}

function plain(random: Random, at: number): object {
  const text = random.pick(texts)
  switch (random.below(8)) {
    case 0:
      return { role: 'assistant', content: null, tool_calls: [call(random, at), call(random, at + 100)] }
    case 1:
      return { role: 'tool', tool_call_id: `c${at - 1}`, content: text }
    case 2:
      return { role: 'tool', content: { a: [1, { b: text }], c: null } }
    case 3:
      return {
        role: 'user',
        content: [
          { type: 'text', text },
          { type: 'image_url', image_url: { url: text } },
        ],
      }
    case 4:
      return call(random, at)
    case 5:
      return {
        tools: [{ name: 'get', description: text, inputSchema: { properties: { a: { type: 'string' } } } }],
      }
    default:
      return { role: random.pick(['user', 'assistant', 'system']), content: text, metadata: { server: 's' } }
  }
}

function call(random: Random, at: number): object {
  const name = random.pick(['get', 'send', 'get-x'])
  const given = { to: random.pick(texts), a: [1, 2.5, null, { b: 'c' }], b: random.pick(oddities) }
  return { id: `c${at}`, type: 'function', function: { name, arguments: random.below(9) === 0 ? {} : given } }
}
