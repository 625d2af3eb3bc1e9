import { type Static, type TSchema, Type } from '@sinclair/typebox'
import { detailKinds } from '../../conversation/usage.ts'
import { verdicts } from '../../merge/judged.ts'
import { pushStates } from '../../merge/push.ts'
import { outcomes } from '../../merge/report.ts'
import { origins } from '../../trace/trace.ts'

/** What a running Weir tells of traces, as far as the commands read it. Anything may answer at an address. */
const Text = Type.Union([Type.String(), Type.Null()])
const Count = Type.Union([Type.Number(), Type.Null()])
const Digest = Type.Object({ bytes: Type.Number(), sha256: Text })
const Headers = Type.Union([Type.Array(Type.Tuple([Type.String(), Type.String()])), Type.Null()])
const Dialect = Type.Union(
  (['openai-chat', 'openai-responses', 'anthropic', 'gemini'] as const).map((name) => Type.Literal(name)),
)

const Told = Type.Optional(Type.Number())
const Usage = Type.Object({
  input: Count,
  cachedInput: Count,
  cacheWrite: Count,
  output: Count,
  reasoning: Count,
  details: Type.Optional(
    Type.Object({
      ...Object.fromEntries(detailKinds.map((kind) => [kind, Told])),
      serverTools: Type.Optional(Type.Record(Type.String(), Type.Number())),
      tier: Type.Optional(Type.String()),
      estimated: Type.Optional(Type.Object({ input: Told, output: Told })),
      reportedCost: Told,
    }),
  ),
})

const CostSummary = Type.Object({
  total: Type.String(),
  currency: Type.Literal('USD'),
  complete: Type.Boolean(),
  estimated: Type.Boolean(),
})
const Cost = Type.Composite([
  CostSummary,
  Type.Object({
    source: Type.Object({ kind: Type.String(), version: Type.String() }),
    provider: Type.String(),
    model: Type.String(),
    note: Text,
    lines: Type.Array(
      Type.Object({
        kind: Type.String(),
        model: Text,
        quantity: Count,
        unit: Type.String(),
        price: Text,
        per: Type.Number(),
        amount: Text,
        estimated: Type.Boolean(),
      }),
    ),
  }),
])
const Withheld = Type.Union([Type.Literal('credential-within'), Type.Literal('unreadable'), Type.Null()])

const Pushed = Type.Object({
  state: Type.Union(pushStates.map((state) => Type.Literal(state))),
  attempts: Type.Number(),
  detail: Text,
  remoteId: Text,
})

export const Head = Type.Object({
  // On a terminal it is shown as it is.
  id: Type.String({ pattern: '^[0-9a-z]{1,40}$' }),
  origin: Type.Union(origins.map((origin) => Type.Literal(origin))),
  startedAt: Type.Number({ minimum: 0, maximum: 8.64e15 }),
  project: Type.String(),
  client: Text,
  provider: Text,
  dialect: Type.Union([Dialect, Type.Null()]),
  model: Text,
  stream: Type.Boolean(),
  method: Type.String(),
  path: Type.String(),
  status: Count,
  outcome: Type.Union(outcomes.map((outcome) => Type.Literal(outcome))),
  detail: Text,
  timing: Type.Object({ calledMs: Count, answeredMs: Count, firstByteMs: Count, endedMs: Count }),
  usage: Type.Union([Usage, Type.Null()]),
  cost: Type.Union([CostSummary, Type.Null()]),
  sizes: Type.Object({
    requestReceived: Digest,
    requestSent: Digest,
    replyReceived: Digest,
    replySent: Digest,
  }),
  attempts: Type.Number(),
  dropped: Type.Object({ request: Type.Number(), reply: Type.Number() }),
  verdict: Type.Union([...verdicts.map((verdict) => Type.Literal(verdict)), Type.Null()]),
  session: Text,
  parent: Text,
  push: Type.Union([...pushStates.map((state) => Type.Literal(state)), Type.Null()]),
})

export const Page = Type.Object({
  traces: Type.Array(Head),
  next: Type.Union([Type.String({ maxLength: 100 }), Type.Null()]),
})

const Verdict = Type.Object({
  order: Type.String(),
  action: Type.String(),
  mode: Type.String(),
  on: Type.String(),
  line: Count,
  message: Type.String(),
  ranges: Type.Array(Type.String()),
  leftBytes: Type.Number(),
})

export const Trace = Type.Composite([
  Head,
  Type.Object({
    request: Type.Unknown(),
    requestHeaders: Headers,
    reply: Type.Unknown(),
    replyHeaders: Headers,
    error: Type.Unknown(),
    answer: Type.Union([
      Type.Object({
        ending: Type.Union([Type.Literal('complete'), Type.Literal('error'), Type.Literal('cut')]),
        model: Text,
        unknownEvents: Type.Record(Type.String(), Type.Number()),
        argumentTexts: Type.Optional(Type.Record(Type.String(), Type.String())),
      }),
      Type.Null(),
    ]),
    // An earlier Weir does not tell it.
    withheld: Type.Optional(Type.Object({ request: Withheld, reply: Withheld })),
    requestSplice: Type.Unknown(),
    policy: Text,
    verdicts: Type.Array(Verdict),
    cost: Type.Union([Cost, Type.Null()]),
    costUnknown: Text,
    pushed: Type.Union([Pushed, Type.Null()]),
  }),
])

export const Timeline = Type.Object({
  fromMs: Type.Number(),
  slotMs: Type.Number(),
  slots: Type.Array(Type.Number(), { maxItems: 10_000 }),
})

const CostSum = Type.Object({
  traces: Type.Number(),
  unpriced: Type.Number(),
  incomplete: Type.Number(),
  estimated: Type.Number(),
  tokens: Type.Object({
    input: Type.Number(),
    cachedInput: Type.Number(),
    cacheWrite: Type.Number(),
    output: Type.Number(),
    reasoning: Type.Number(),
  }),
  cost: Type.String(),
})
export const Costs = Type.Object({
  currency: Type.Literal('USD'),
  total: CostSum,
  groups: Type.Array(Type.Composite([CostSum, Type.Object({ group: Type.Record(Type.String(), Text) })])),
  isCut: Type.Boolean(),
})

export const Pushes = Type.Object({
  projects: Type.Array(
    Type.Object({
      project: Type.String(),
      entries: Type.Number(),
      bytes: Type.Number(),
      sent: Type.Number(),
      refused: Type.Number(),
      dropped: Type.Number(),
      oldestAt: Type.Union([Type.Number(), Type.Null()]),
    }),
  ),
})
export const Retried = Type.Object({ waiting: Type.Number() })

export const Status = Type.Object({ version: Type.String(), totals: Type.Object({ count: Type.Number() }) })
export const Removed = Type.Object({ removed: Type.Number() })
export const Refusal = Type.Object({ error: Type.Object({ code: Type.String(), message: Type.String() }) })

export type Shape<Schema extends TSchema> = Static<Schema>
