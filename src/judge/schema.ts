import { Type, type Static } from '@sinclair/typebox'
import { Limits } from '../guard/limits.ts'

/** Which policies are applied to what, and how their judgement is fitted into the flow. */
function oneOf<const Names extends readonly string[]>(
  names: Names,
  options: { readonly default: Names[number]; readonly description: string },
) {
  return Type.Union(
    names.map((name: Names[number]) => Type.Literal(name)),
    options,
  )
}

export const Rule = Type.Object(
  {
    file: Type.String({ minLength: 1, must: 'a file', file: true, description: 'The policy.' }),
    name: Type.Optional(
      Type.String({
        pattern: '^[^\\r\\n\\0]{1,100}$',
        must: 'text of one line',
        description: "What traces call it. Without it the file's name without its ending.",
      }),
    ),
    action: oneOf(['block', 'log', 'mask', 'steer', 'flag'], {
      default: 'block',
      description:
        'What follows from what it finds: `block` refuses, `log` notes it after the answer has gone, `flag` notes it ' +
        'at once, `mask` replaces the marked texts, `steer` answers with its message in place of the model',
    }),
    mode: oneOf(['hold', 'tail', 'watch'], {
      default: 'hold',
      description:
        'How it judges a running answer: `hold` lets nothing leave unjudged, `tail` lets it flow and holds its end, ' +
        '`watch` judges what has left',
    }),
    on: oneOf(['both', 'request', 'answer'], { default: 'both', description: 'What it judges' }),
    onError: oneOf(['block', 'allow'], {
      default: 'block',
      description:
        'What it means if it cannot be judged: a limit, a detector that fails, a body nobody can read',
    }),
    strict: Type.Boolean({
      default: false,
      description: 'Judge a request before the provider sees anything of it, and not beside the call',
    }),
    input: Type.Optional(
      Type.Record(
        Type.String({ pattern: '^(?!(?:data|metadata|action)$)[A-Za-z_][A-Za-z0-9_]*$' }),
        Type.Unknown(),
        {
          additionalProperties: false,
          names: 'the name of a parameter: letters, digits and _, and none of data, metadata, action',
          description: 'Parameters that the policy reads as `input.<name>`.',
        },
      ),
    ),
  },
  { additionalProperties: false },
)
export type Rule = Static<typeof Rule>

export const Rules = Type.Array(Rule, {
  default: [],
  maxItems: 100,
  must: 'a list of policies, each with its `file`',
  description:
    'Policies that judge requests and answers, in the language of Invariant Guardrails. The files are read again when ' +
    'they change.',
})

const longestMs = 3_600_000
const megabyte = 1024 * 1024

export const Judging = Type.Object(
  {
    header: oneOf(['local', 'allow', 'refuse'], {
      default: 'local',
      description:
        'Whether a request may bring rules in the header `Invariant-Guardrails`; `local`: with a key that has the right ' +
        '`rules`, and without one as long as `listen` is an address of this machine and no key is needed; `allow`: ' +
        'whoever may ask at all; `refuse`: no key helps',
    }),
    precedence: oneOf(['first', 'all'], {
      default: 'first',
      description:
        "Which rules hold: the `first` there are of the request's own, its project's and `rules`, or `all` of them",
    }),
    history: oneOf(['new', 'all'], {
      default: 'new',
      description:
        'What of a conversation is judged: what is `new` since its last turn, or `all` of it again with every turn',
    }),
    tell: Type.Boolean({
      default: false,
      description: 'Tell clients which rule blocked them, and what it says',
    }),
    waitMs: Type.Integer({
      minimum: 1,
      maximum: longestMs,
      default: 10_000,
      description: 'How long one judgement may take, detectors included; then `onError` decides',
    }),
    holdMs: Type.Integer({
      minimum: 1,
      maximum: longestMs,
      default: 500,
      description: 'After so long without a word that could leave, what is held is judged as it is',
    }),
    keepAliveMs: Type.Integer({
      minimum: 0,
      maximum: longestMs,
      default: 5_000,
      description:
        'A comment is sent each time an answer was held for so long, where the SDKs of its dialect bear comments; 0 is off',
    }),
    mostHeldBytes: Type.Integer({
      minimum: 1024,
      default: 8 * megabyte,
      description:
        'Bytes of one answer that may be held; then what there is is judged, and else `onError` decides',
    }),
    mostWaitingBytes: Type.Integer({
      minimum: megabyte,
      default: 64 * megabyte,
      description: 'Bytes of all exchanges that may wait for their judgement; past them `onError` decides',
    }),
    limits: Limits,
  },
  { additionalProperties: false, default: {}, description: 'How rules are applied.' },
)
export type Judging = Static<typeof Judging>
