import { Type, type Static } from '@sinclair/typebox'
import { dialectNames } from '../dialect/dialect.ts'

/** What the configuration says of providers. A provider is a name, so the names that paths begin with are taken. */
const reservedNames = ['api', 'v1', 'v1beta', 'health', 'ready', 'metrics', 'explorer', 'assets'] as const

/** Providers that exist without configuration: every field of theirs is optional. */
export const presetNames = ['openai', 'anthropic', 'gemini', 'demo'] as const

const dialect = Type.Union(dialectNames.map((name) => Type.Literal(name)))

const headerValue = Type.String({ pattern: '^[^\\r\\n\\0]*$', must: 'text of one line', secret: true })

/** Hidden in messages too: who writes the certificate itself here would read it in a log. */
function pem(description: string) {
  return Type.String({ pattern: '^[^\\n]+$', must: 'a file', file: true, secret: true, description })
}

export const Provider = Type.Object(
  {
    dialect: Type.Optional(
      Type.Union([dialect, Type.Array(dialect, { minItems: 1 })], {
        must: `one of ${dialectNames.join(', ')}, or a list of them`,
        description: 'The API shape it speaks, or a list of them. Required unless it is a preset.',
      }),
    ),
    url: Type.Optional(
      Type.String({
        pattern: '^https?://[^\\s?#]+$',
        must: 'an address that begins with http:// or https:// and has no query',
        description:
          'Its address, up to where the paths of its API begin. Required unless it is a preset; for a preset it ' +
          'replaces the address that is built in.',
      }),
    ),
    key: Type.Optional(
      Type.String({
        pattern: '^\\S+$',
        must: 'text without spaces',
        secret: true,
        description:
          "The key sent to the provider, in place of the client's own. Without it the client's own passes.",
      }),
    ),
    headers: Type.Optional(
      Type.Record(Type.String({ pattern: "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$" }), headerValue, {
        additionalProperties: false,
        names: 'the name of a header',
        description: 'More headers for each request to it. They replace what the client sent by that name.',
      }),
    ),
    models: Type.Optional(
      Type.Array(
        Type.String({ pattern: '^(\\*|[^*\\s]+\\*?)$', must: 'the name of a model; only its end may be *' }),
        {
          description:
            'The models that are its own, so that `/v1/...` finds it by a bare model name. The end may be `*`. ' +
            '`/v1/models` lists those without one. A provider with a `key` is asked for its own list too, unless all ' +
            'of them are named here.',
        },
      ),
    ),
    includeUsage: Type.Optional(
      Type.Boolean({
        description:
          'Ask for the usage of streamed chats that do not ask themselves. Else `ledger.includeUsage` says it.',
      }),
    ),
    proxy: Type.Optional(
      Type.Union([Type.String({ pattern: '^https?://\\S+$' }), Type.Literal(false)], {
        must: 'an address that begins with http:// or https://, or false',
        description:
          'The outbound proxy towards it; `false` for none. Without it `HTTPS_PROXY` and `NO_PROXY` hold.',
      }),
    ),
    ca: Type.Optional(pem('A file of certificates (PEM) to trust for it, instead of those of the system.')),
    cert: Type.Optional(pem('A file with the client certificate (PEM) to show it. Needs `certKey`.')),
    certKey: Type.Optional(pem('A file with the key (PEM) of `cert`.')),
  },
  { additionalProperties: false },
)
export type Provider = Static<typeof Provider>

export const Providers = Type.Record(
  Type.String({ pattern: `^(?!(?:${reservedNames.join('|')})$)[a-z0-9][a-z0-9_-]*$` }),
  Provider,
  {
    additionalProperties: false,
    default: {},
    names:
      'the name of a provider: lower-case letters, digits, - and _, and none of ' + reservedNames.join(', '),
    description:
      `Providers by name. ${presetNames.map((name) => `\`${name}\``).join(', ')} exist without configuration. ` +
      'The name is the first part of their path (`/openai/...`) and of model names (`openai/gpt-5`).',
  },
)
export type Providers = Static<typeof Providers>
