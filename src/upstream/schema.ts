import { Type, type Static } from '@sinclair/typebox'

/** How long Weir waits for whom, and what becomes of an answer nobody reads any more. */
const longestMs = 86_400_000

function wait(description: string, standard: number) {
  return Type.Integer({ minimum: 1, maximum: longestMs, default: standard, description })
}

export const Timeouts = Type.Object(
  {
    connectMs: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: longestMs,
        description: 'Until a connection to the provider stands. Without it the system decides.',
      }),
    ),
    firstByteMs: wait(
      'From the call until the first byte of the answer. Models think for minutes before it.',
      600_000,
    ),
    idleMs: wait('Between two reads of a running answer.', 300_000),
    clientIdleMs: wait(
      'How long a client may take nothing of a running answer. Then it is cut and the provider released.',
      600_000,
    ),
    requestBodyMs: wait(
      "Between two parts of the client's request body, and until all of it has arrived, with a second more for each " +
        '16 KB that came. While the provider is slow to take it, no time passes.',
      60_000,
    ),
    drainMs: wait('How long running answers may go on once Weir has been told to stop.', 30_000),
  },
  { additionalProperties: false, default: {}, description: 'Time limits, in milliseconds.' },
)
export type Timeouts = Static<typeof Timeouts>

/** These are keys of the whole configuration, not of one of its own. */
export const Upstream = Type.Object({
  timeouts: Timeouts,
  whenClientLeaves: Type.Union([Type.Literal('cancel'), Type.Literal('drain')], {
    default: 'cancel',
    description:
      'What happens when the client leaves early: `cancel` releases the provider at once, `drain` reads its ' +
      'answer to the end, so that the trace is whole (and paid for).',
  }),
  keepAliveMs: Type.Integer({
    minimum: 0,
    maximum: longestMs,
    default: 0,
    description:
      'Milliseconds of silence after which a comment is sent into a running stream, so that nothing between ' +
      "closes it; only where the dialect's SDKs bear comments. 0 is off.",
  }),
})
export type Upstream = Static<typeof Upstream>
