import { Type, type Static } from '@sinclair/typebox'

/** The bounds of what clients may ask of this process at once. */
export const Limits = Type.Object(
  {
    // An open exchange holds two sockets and, with recording, about 60 KB (8,000 streams: under 500 MB): 10,000
    // are 20,000 files and 600 MB, which a small server has. Bun's fetch ends at 65,535 requests at once.
    openExchanges: Type.Integer({
      minimum: 1,
      maximum: 65_535,
      default: 10_000,
      description:
        'Exchanges open at once; past it clients get 503 with `Retry-After`. Each takes two open files and ' +
        'about 60 KB of memory.',
    }),
    requestBodyBytes: Type.Integer({
      minimum: 0,
      maximum: 2_147_483_647,
      default: 67_108_864,
      description: 'The largest request body; past it clients get 413.',
    }),
    headerBytes: Type.Integer({
      minimum: 1024,
      maximum: 1_048_576,
      default: 65_536,
      description: "All of a request's headers together; past it clients get 431.",
    }),
  },
  { additionalProperties: false, default: {}, description: 'Bounds on what clients may ask at once.' },
)
export type Limits = Static<typeof Limits>
