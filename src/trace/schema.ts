import { Type, type Static } from '@sinclair/typebox'

/** What is kept of finished exchanges, how long, and how much memory the way there may take. */
function bytes(standard: number, description: string) {
  return Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, default: standard, description })
}

export const Traces = Type.Object(
  {
    durable: Type.Boolean({
      default: false,
      description:
        "Hold an answer's last bytes until its trace is on disk. Without it a trace is there within 50 ms.",
    }),
    keepDays: Type.Optional(Type.Number({ minimum: 0, description: 'Remove traces older than this.' })),
    keepBytes: Type.Optional(
      Type.Integer({
        minimum: 0,
        description: 'Remove the oldest traces while the store is larger than this.',
      }),
    ),
    keepCount: Type.Optional(
      Type.Integer({ minimum: 0, description: 'Remove the oldest traces while there are more than this.' }),
    ),
    mostRequestBytes: bytes(67_108_864, 'How much of a request is kept; the rest is counted.'),
    mostReplyBytes: bytes(67_108_864, 'How much of a reply is kept; the rest is counted.'),
    mostInboxBytes: bytes(
      268_435_456,
      'How much may wait to be stored. Past it payloads are dropped first, then whole traces, and counted.',
    ),
    saveEveryMs: Type.Integer({
      minimum: 10,
      maximum: 60_000,
      default: 1000,
      description: 'How often what has arrived of a long stream is saved, in milliseconds.',
    }),
  },
  { additionalProperties: false, default: {}, description: 'What is kept of the exchanges, and how long.' },
)
export type Traces = Static<typeof Traces>
