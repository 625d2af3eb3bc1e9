import { type Static, Type } from '@sinclair/typebox'

/** What is kept of exchanges, for how long, and what it may cost. */
const megabyte = 1024 * 1024

export const Traces = Type.Object(
  {
    durable: Type.Boolean({
      default: false,
      description:
        'Hold the last bytes of an answer until its trace is on the disk itself, so that it survives a power cut. ' +
        'Without it a trace is written within 50 ms and survives the end of Weir, but not the end of the machine',
    }),
    keepDays: Type.Number({
      default: 30,
      minimum: 0,
      description: 'Days after which a trace is removed; 0 keeps it for ever',
    }),
    keepBytes: Type.Integer({
      default: 10 * 1024 * megabyte,
      minimum: 0,
      description: 'Bytes the store may use before its oldest traces are removed; 0 sets no bound',
    }),
    keepCount: Type.Integer({
      default: 0,
      minimum: 0,
      description: 'Traces to keep before the oldest are removed; 0 sets no bound',
    }),
    mostRequestBytes: Type.Integer({
      default: 32 * megabyte,
      minimum: 0,
      description: 'Bytes kept of one request; what comes after them still passes and is counted',
    }),
    mostReplyBytes: Type.Integer({
      default: 64 * megabyte,
      minimum: 0,
      description: 'Bytes kept of one answer; what comes after them still passes and is counted',
    }),
    mostBinaryBytes: Type.Integer({
      default: megabyte,
      minimum: 0,
      description:
        'Bytes kept of a body that is no text: sound, pictures, uploads. Its size, type and hash are kept in any case, ' +
        'and those of each part of a form',
    }),
    mostInboxBytes: Type.Integer({
      default: 256 * megabyte,
      minimum: megabyte,
      description:
        'Bytes that may wait for the store; past them payloads are dropped first, then whole traces',
    }),
    saveEveryMs: Type.Integer({
      default: 1000,
      minimum: 50,
      description: 'Milliseconds between two savings of an answer that is still running',
    }),
  },
  { additionalProperties: false, default: {} },
)
export type Traces = Static<typeof Traces>
