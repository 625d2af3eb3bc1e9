import { type Static, Type } from '@sinclair/typebox'

/** What is known of prices, and where from. */
export const Ledger = Type.Object(
  {
    prices: Type.Optional(
      Type.String({
        pattern: '^[^\\n]+$',
        must: 'a file',
        file: true,
        description:
          'A file of prices (YAML or JSON) that go before the built-in ones. It is read again when it changes. See ' +
          'the section on costs in the README.',
      }),
    ),
    refresh: Type.Union([Type.Literal('never'), Type.Literal('daily')], {
      default: 'never',
      description:
        'Whether the list of prices is downloaded once a day. `never`: only `weir prices refresh` does.',
    }),
    includeUsage: Type.Boolean({
      default: false,
      description:
        'Ask for the usage of streamed OpenAI chats that do not ask themselves (`stream_options.include_usage`). The ' +
        'extra event does not reach the client. A provider may say otherwise for itself.',
    }),
    estimate: Type.Boolean({
      default: true,
      description: 'Estimate the tokens of answers whose usage was not told, as of one that broke off.',
    }),
  },
  { additionalProperties: false, default: {}, description: 'What exchanges cost.' },
)
export type Ledger = Static<typeof Ledger>
