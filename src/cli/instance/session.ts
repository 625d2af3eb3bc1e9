import { Type } from '@sinclair/typebox'
import type { Message } from '../../conversation/conversation.ts'

/** What a running Weir tells of sessions, as far as the commands read it. */
const Text = Type.Union([Type.String(), Type.Null()])
const Count = Type.Union([Type.Number(), Type.Null()])
// On a terminal it is shown as it is.
const Id = Type.String({ pattern: '^[0-9a-z-]{1,40}$' })

const Head = Type.Object({
  id: Id,
  project: Type.String(),
  key: Text,
  title: Text,
  startedAt: Type.Number({ minimum: 0, maximum: 8.64e15 }),
  endedAt: Type.Number({ minimum: 0, maximum: 8.64e15 }),
  traces: Type.Number(),
  messages: Type.Number(),
  models: Type.Array(Type.String()),
  usage: Type.Union([
    Type.Object({ input: Count, cachedInput: Count, cacheWrite: Count, output: Count, reasoning: Count }),
    Type.Null(),
  ]),
})

const Part = Type.Recursive((Self) =>
  Type.Union([
    Type.Object({ kind: oneOf('text', 'refusal', 'thinking'), text: Type.String() }),
    Type.Object({ kind: oneOf('image', 'audio', 'video', 'document') }),
    Type.Object({ kind: oneOf('call'), name: Type.String(), argumentsText: Type.String() }),
    Type.Object({ kind: oneOf('result'), name: Text, callId: Text, parts: Type.Array(Self) }),
    Type.Object({ kind: oneOf('other'), type: Type.String() }),
  ]),
)

function oneOf<Kind extends string>(...kinds: readonly Kind[]) {
  return Type.Union(kinds.map((kind) => Type.Literal(kind)))
}

/** Checked as far as it is shown. */
const Said = Type.Unsafe<Message>(
  Type.Object({ role: Type.String(), roleText: Type.String(), parts: Type.Array(Part) }),
)

export const SessionPage = Type.Object({
  sessions: Type.Array(Head),
  next: Type.Union([Type.String({ maxLength: 100 }), Type.Null()]),
})

export const Session = Type.Composite([
  Head,
  Type.Object({
    threads: Type.Array(
      Type.Object({
        from: Type.Union([Type.Object({ thread: Type.Number(), messages: Type.Number() }), Type.Null()]),
        system: Type.Array(Said),
        messages: Type.Array(Type.Object({ trace: Id, message: Said })),
      }),
    ),
    exchanges: Type.Array(
      Type.Object({ id: Id, parent: Type.Union([Id, Type.Null()]), messages: Type.Number() }),
    ),
    unread: Type.Array(Id),
  }),
])
