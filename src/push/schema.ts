import { type Static, Type } from '@sinclair/typebox'
import type { PushRule, PushRules } from '../trace/push/entry.ts'

/** Where the traces of a project go besides the store: an Explorer of Invariant's, or whatever speaks as one. */
const gigabyte = 1024 ** 3

export const Push = Type.Object(
  {
    url: Type.String({
      pattern: '^https?://[^\\s?#@]+$',
      must: 'an address that begins with http:// or https:// and has neither query nor credentials',
      description: "The remote's address, up to where `/api/v1` begins.",
    }),
    key: Type.Optional(
      Type.String({
        pattern: '^[!-~]+$',
        must: 'text without spaces',
        secret: true,
        description: 'The key sent to it as `Authorization: Bearer`.',
      }),
    ),
    dataset: Type.Optional(
      Type.String({
        pattern: '^[A-Za-z0-9_-]+$',
        must: 'letters, digits, - and _',
        description: "The remote's name for the project. Required if the project's own name has a dot.",
      }),
    ),
    when: Type.Union([Type.Literal('like-invariant'), Type.Literal('always')], {
      default: 'like-invariant',
      must: 'like-invariant or always',
      description:
        "Which exchanges go: those that Invariant's gateway pushed, or all that have ended and tell a conversation. " +
        'The header `Invariant-Push: push` or `skip` decides for one request.',
    }),
    mostEntries: Type.Integer({
      default: 100_000,
      minimum: 1,
      description: 'Traces that may wait for the remote; past them the oldest are dropped',
    }),
    mostBytes: Type.Integer({
      default: gigabyte,
      minimum: 1,
      description: 'Bytes of bodies that may wait for the remote; past them the oldest traces are dropped',
    }),
  },
  {
    additionalProperties: false,
    description: 'Another store that gets its traces too, from a queue that survives Weir and its machine.',
  },
)
export type Push = Static<typeof Push>

/** A remote as the thread that sends has to know it. */
export type Target = {
  readonly project: string
  readonly url: string
  readonly key: string | null
  readonly dataset: string
}

type Projects = Readonly<Record<string, { readonly push?: Push }>>

export function targetsOf(projects: Projects): Target[] {
  return pushing(projects).map(([project, { url, key = null, dataset = project }]) => ({
    project,
    url: url.replace(/\/+$/, '').replace(/\/api\/v1$/, ''),
    key,
    dataset,
  }))
}

export function rulesOf(projects: Projects): PushRules {
  const rules = pushing(projects).map(([project, { when, mostEntries, mostBytes }]): [string, PushRule] => [
    project,
    { when, mostEntries, mostBytes },
  ])
  return Object.fromEntries(rules)
}

function pushing(projects: Projects): [string, Push][] {
  return Object.entries(projects).flatMap(([name, { push }]): [string, Push][] =>
    push === undefined ? [] : [[name, push]],
  )
}
