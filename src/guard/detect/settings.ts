import { Type, type TProperties } from '@sinclair/typebox'

/** What the schemas of the detectors (schema.ts) are put together from: each has its own time limit and bounds. */
export function fields<Fields extends TProperties>(properties: Fields, description: string) {
  return Type.Object(properties, { additionalProperties: false, description })
}

export function whole(least: number, most: number, standard: number, description: string) {
  return Type.Integer({ minimum: least, maximum: most, default: standard, description })
}

export function share(standard: number, description: string) {
  return Type.Number({ minimum: 0, maximum: 1, default: standard, description })
}

/** `timeoutMs` and `maxTexts` depend on what is asked; the other bounds do not. */
export function bounds(timeoutMs: number, maxTexts: number, maxResponseBytes = 4 << 20) {
  return {
    timeoutMs: whole(1, 600_000, timeoutMs, 'Until a call has its whole answer, in milliseconds.'),
    maxConcurrent: whole(1, 1_000, 4, 'Calls under way at once.'),
    maxWaiting: whole(0, 100_000, 256, 'Calls that may wait for one of these; more of them fail at once.'),
    maxTexts: whole(
      1,
      1_000_000,
      maxTexts,
      'Texts that one judgement may ask, those known from before not counted.',
    ),
    maxResponseBytes: whole(1_024, 256 << 20, maxResponseBytes, 'Bytes of one answer.'),
    maxFailures: whole(
      1,
      1_000,
      5,
      'Failures in a row, of the service and not of a text, after which it gets a rest.',
    ),
    restMs: whole(0, 3_600_000, 10_000, 'How long it then is not asked; each call fails at once.'),
  }
}

const headerValue = Type.String({ pattern: '^[^\\r\\n\\0]*$', must: 'text of one line', secret: true })

function address(description: string) {
  return Type.String({
    pattern: '^https?://[^\\s?#@]+$',
    must: 'an address that begins with http:// or https://, without a query and without a password',
    description,
  })
}

/** How the address is called. */
const calling = {
  key: Type.Optional(
    Type.String({
      pattern: '^[!-~]+$',
      must: 'text without spaces',
      secret: true,
      description: 'Sent as `Authorization: Bearer`.',
    }),
  ),
  headers: Type.Optional(
    Type.Record(Type.String({ pattern: "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$" }), headerValue, {
      additionalProperties: false,
      names: 'the name of a header',
      description: 'More headers for each call.',
    }),
  ),
  proxy: Type.Optional(
    Type.Union([Type.String({ pattern: '^https?://\\S+$' }), Type.Literal(false)], {
      must: 'an address that begins with http:// or https://, or false',
      description:
        'The outbound proxy towards it; `false` for none. Without it `HTTPS_PROXY` and `NO_PROXY` hold.',
    }),
  ),
}

export const endpoint = {
  url: address('The address that is called, path and all.'),
  ...calling,
}

/** One of both; `misfits` (misfits.ts) says so. */
export function commandOrEndpoint(command: string) {
  return {
    command: Type.Optional(
      Type.Array(Type.String({ pattern: '^[^\\0]+$', must: 'text' }), {
        minItems: 1,
        must: 'a list of a program and its arguments',
        description: `A program and its arguments, run without a shell. ${command}`,
      }),
    ),
    env: Type.Optional(
      Type.Record(
        Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_]*$' }),
        Type.String({ pattern: '^[^\\0]*$', secret: true }),
        {
          additionalProperties: false,
          names: 'the name of a variable',
          description:
            'Variables for the program, beside `PATH`, `LANG`, and `HOME` and `TMPDIR`, which are a folder of its own ' +
            'that is removed afterwards. It gets no other.',
        },
      ),
    ),
    url: Type.Optional(address('The address that is called, in place of a command.')),
    ...calling,
  }
}

export function target(description: string) {
  return Type.String({
    pattern: '^\\S+$',
    must: 'a model as clients of Weir name it, such as openai/gpt-5-nano',
    description: `${description}: \`provider/model\`, called through Weir itself.`,
  })
}

export function labels(description: string) {
  return Type.Record(Type.String(), Type.String({ minLength: 1 }), { default: {}, description })
}

export function names(description: string) {
  return Type.Array(Type.String({ minLength: 1 }), { default: [], description })
}
