import { Type, type Static, type TObject } from '@sinclair/typebox'
import {
  bounds,
  commandOrEndpoint,
  endpoint,
  fields,
  labels,
  names,
  share,
  target,
  whole,
} from './settings.ts'

/** Who answers what rules ask, by the detector's name. */
export const Pii = fields(
  {
    ...endpoint,
    kind: Type.Union([Type.Literal('presidio'), Type.Literal('token-classification')], {
      default: 'presidio',
      description: 'What it speaks: `POST /analyze` of Presidio, or what Hugging Face serves.',
    }),
    language: Type.String({
      pattern: '^[A-Za-z]{2,3}(-[A-Za-z0-9]+)*$',
      must: 'a language by its code, such as en',
      default: 'en',
      description: 'The language that Presidio is told.',
    }),
    threshold: share(0.5, 'Findings count above this score; a rule may say another.'),
    labels: labels('What a label is called in rules, beside those that are known: `{GIVENNAME: PERSON}`.'),
    maxCharacters: Type.Optional(
      Type.Integer({
        minimum: 200,
        maximum: 1_000_000,
        description:
          'Longer texts are asked in pieces of this length, which overlap. Without it 20000 for `presidio`, and 1000 ' +
          'for `token-classification`, where most models read 512 tokens at once.',
      }),
    ),
    ...bounds(5_000, 5_000),
  },
  'The service that finds personal data.',
)
export type Pii = Static<typeof Pii>

export const Moderated = fields(
  {
    ...endpoint,
    kind: Type.Union([Type.Literal('openai'), Type.Literal('text-classification')], {
      default: 'openai',
      description: 'What it speaks: `/v1/moderations` of OpenAI, or what Hugging Face serves.',
    }),
    model: Type.Optional(Type.String({ minLength: 1, description: 'The model that the call names.' })),
    threshold: share(0.5, 'Categories count above this score; a rule may say others.'),
    labels: labels('What a label is called in rules, beside those that are known: `{toxic: harassment}`.'),
    safeLabels: names('Labels that say that nothing was found, beside those that are known.'),
    maxCharacters: whole(200, 100_000, 2_000, 'Longer lines are asked in pieces of this length.'),
    maxBatch: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 1_000,
        description:
          'Texts in one call. Without it 32 for `openai`, and 1 for `text-classification`, where some servers take ' +
          'a list for something else.',
      }),
    ),
    ...bounds(5_000, 5_000),
  },
  'The service that moderates.',
)
export type Moderated = Static<typeof Moderated>

export const PromptInjection = fields(
  {
    ...endpoint,
    threshold: share(0.9, 'An injection counts above this score; a rule may say another.'),
    labels: names('Labels of an injection, beside INJECTION, JAILBREAK, MALICIOUS and LABEL_1.'),
    safeLabels: names(
      'Labels of anything else, beside SAFE, BENIGN, LEGIT and LABEL_0. An unknown label is an error.',
    ),
    maxCharacters: whole(
      200,
      100_000,
      1_000,
      'Longer texts are asked in pieces of this length, which overlap: most models read 512 tokens at once.',
    ),
    maxBatch: whole(1, 1_000, 1, 'Texts in one call; some servers take a list for something else.'),
    ...bounds(5_000, 5_000),
  },
  'The service that finds prompt injections: text classification as Hugging Face serves it.',
)
export type PromptInjection = Static<typeof PromptInjection>

export const Embedding = fields(
  {
    target: target('The model that makes embeddings'),
    maxCharacters: whole(200, 1_000_000, 20_000, 'A longer text is an error.'),
    maxBatch: whole(1, 2_048, 64, 'Texts in one call.'),
    maxDimensions: whole(1, 65_536, 8_192, 'Numbers of one embedding.'),
    // 64 embeddings of 3,072 numbers are 2.5 to 4 MB of JSON.
    ...bounds(10_000, 1_000, 16 << 20),
  },
  'The model by which `is_similar` and `embedding_similarity` compare.',
)
export type Embedding = Static<typeof Embedding>

export const Llm = fields(
  {
    target: target('The model that is asked'),
    models: names('Targets that a rule may name as its `model`. One that names another asks `target`.'),
    maxTokens: whole(1, 100_000, 500, 'Tokens of an answer; a rule may ask for fewer.'),
    tokensField: Type.Union([Type.Literal('max_tokens'), Type.Literal('max_completion_tokens')], {
      default: 'max_tokens',
      description: 'The field in which the model takes this.',
    }),
    temperature: Type.Union([Type.Number({ minimum: 0, maximum: 2 }), Type.Literal(false)], {
      must: 'a number from 0 to 2, or false',
      default: 0.2,
      description: 'Where a rule says none. `false` never sends one: some models refuse it.',
    }),
    maxCharacters: whole(1_000, 10_000_000, 200_000, 'A longer prompt is an error.'),
    ...bounds(30_000, 32),
  },
  'The model that `llm`, `llm_confirm` and `fuzzy_contains(..., use_semantic=True)` ask.',
)
export type Llm = Static<typeof Llm>

export const Semgrep = fields(
  {
    ...commandOrEndpoint(
      '`{file}` is the file with the code, `{lang}` its language; without `{file}` the code comes by stdin. It ' +
        'prints what `semgrep --json` prints.',
    ),
    languages: Type.Array(
      Type.String({ pattern: '^[a-z][a-z0-9_+-]{0,19}$', must: 'the name of a language' }),
      {
        default: ['python', 'bash'],
        description: 'Languages that a rule may name.',
      },
    ),
    maxCharacters: whole(1_000, 10_000_000, 1_000_000, 'Longer code is an error.'),
    ...bounds(30_000, 100),
  },
  'What looks for issues in code: a command or a service.',
)
export type Semgrep = Static<typeof Semgrep>

export const Ocr = fields(
  {
    ...commandOrEndpoint(
      '`{file}` is the file with the image; without it the image comes by stdin. It prints the text: ' +
        '`[tesseract, stdin, stdout]`.',
    ),
    maxImageBytes: whole(1_024, 100 << 20, 10 << 20, 'A larger image is an error.'),
    otherImages: Type.Union([Type.Literal('fail'), Type.Literal('ignore')], {
      default: 'fail',
      description:
        'What an image is that the message only gives the address of, which is never fetched: an error, or an image ' +
        'without text.',
    }),
    ...bounds(30_000, 100),
  },
  'What reads the text of images: a command or a service.',
)
export type Ocr = Static<typeof Ocr>

const builtin = Type.Literal('builtin')

function builtinOr<Settings extends TObject>(schema: Settings, description: string) {
  return Type.Union([builtin, schema], {
    must: '"builtin" or a map of keys',
    default: 'builtin',
    description,
  })
}

function onlyBuiltin(description: string) {
  return Type.Union([builtin], { must: '"builtin"', default: 'builtin', description })
}

export const DetectorSettings = Type.Object(
  {
    pii: builtinOr(Pii, 'What finds personal data.'),
    secrets: onlyBuiltin('What finds credentials.'),
    moderated: Type.Optional(Moderated),
    prompt_injection: Type.Optional(PromptInjection),
    python_code: onlyBuiltin('What reads Python.'),
    semgrep: Type.Optional(Semgrep),
    ocr: Type.Optional(Ocr),
    embedding: Type.Optional(Embedding),
    llm: Type.Optional(Llm),
  },
  {
    additionalProperties: false,
    default: {},
    description:
      'Who answers what rules ask, by the function that asks. A rule that asks what neither has an entry here nor ' +
      'built-in code is refused when it is loaded.',
  },
)
export type DetectorSettings = Static<typeof DetectorSettings>
