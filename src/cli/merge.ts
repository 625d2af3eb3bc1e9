import { resolve } from 'node:path'
import { suggest } from '../config/suggest.ts'
import { type DialectName, type Reply, dialectNames } from '../dialect/dialect.ts'
import { readRecorded } from '../merge/recorded.ts'
import { type Command, type Given, fail, misuse } from './command.ts'
import { type Paint, createPaint, printable, printableLine, wantsColor } from './paint.ts'
import { countText } from './quantity.ts'
import type { World } from './world.ts'

/** A recorded stream put together: what the provider would have answered without streaming. */
const exitCodes: Readonly<Record<Reply['ending'], number>> = { complete: 0, error: 3, cut: 4 }

export const merge: Command = {
  kind: 'command',
  summary: 'Put a recorded stream together: the answer as it is without streaming',
  flags: {
    dialect: { value: 'NAME', help: `${dialectNames.join(', ')}; found out if not told` },
    facts: { help: 'Tell how it ended, and with which model and tokens, on the error output' },
    json: { help: 'Everything as one JSON: the body, and those facts beside it' },
  },
  takes: ['FILE'],
  examples: [
    'weir merge answer.sse',
    'weir traces show 01k3v9w2b60017f3kq8s --raw | weir merge - --facts',
    'weir merge answer.sse.gz --dialect anthropic | jq .content',
    'weir merge answer.sse > /dev/null || echo "3: with an error, 4: cut"',
  ],
  run: async (given, world) => {
    const name = given.values['dialect']
    const dialect = dialectNames.find((known) => known === name) ?? null
    if (name !== undefined && dialect === null) return misuse(world, unknownDialect(name))
    const file = given.rest[0] ?? ''
    const bytes = await world.readBytes(file === '-' ? file : resolve(world.folder, file))
    if (bytes === null) return fail(world, `there is no file ${file}`)
    return tell(bytes, dialect, given, world)
  },
}

function unknownDialect(name: string): string {
  const near = suggest(name, dialectNames)
  return `"${name}" is no dialect; ${near === null ? `there are ${dialectNames.join(', ')}` : `did you mean ${near}?`}`
}

function tell(bytes: Uint8Array, given: DialectName | null, { switches }: Given, world: World): number {
  const recorded = readRecorded(bytes, given)
  if (recorded === null) return fail(world, 'these bytes are no answer: neither events nor JSON')
  const { dialect, reply } = recorded
  const { body, ...facts } = reply
  if (switches.has('facts') || (world.isErrorTerminal && !switches.has('json'))) {
    const paint = createPaint(wantsColor(world.isErrorTerminal, world.environment))
    world.stderr(factsText(dialect, reply, given === null, paint))
  }
  const told = switches.has('json') ? { dialect, ...facts, body: body ?? null } : body
  if (told === undefined) return fail(world, 'nobody knows how these events are put together')
  const text = `${JSON.stringify(told, null, 2)}\n`
  world.stdout(world.isTerminal ? printable(text) : text)
  return exitCodes[reply.ending]
}

function factsText(dialect: DialectName | null, reply: Reply, isGuessed: boolean, paint: Paint): string {
  const { usage, argumentTexts = {}, unknownEvents, error } = reply
  const lines: (readonly [string, string | null])[] = [
    ['dialect', `${dialect ?? 'none'}${isGuessed ? ', found out' : ''}`],
    ['ending', reply.ending],
    ['model', reply.model ?? 'unknown'],
    ['tokens', usage === null ? 'unknown' : `in ${countText(usage.input)}, out ${countText(usage.output)}`],
    ['error', error === null ? null : (JSON.stringify(error) ?? '')],
    ...Object.entries(argumentTexts).map(([at, text]) => ['given', `${at} ${text}`] as const),
    ...Object.entries(unknownEvents).map(([type, count]) => ['unknown', `${type} x ${count}`] as const),
  ]
  return lines
    .map(([name, text]) => (text === null ? '' : `${paint('dim', name.padEnd(9))}${printableLine(text)}\n`))
    .join('')
}
