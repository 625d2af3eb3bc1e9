import { isObject, type JsonObject } from '../../conversation/json.ts'
import { momentOf } from './moment.ts'
import { wrong } from './said.ts'

/** A rule of a project as it is kept and told. That its text compiles has been seen before it comes here. */
export type PolicyRow = {
  readonly id: string
  readonly dataset: string
  readonly place: number
  readonly name: string
  readonly content: string
  readonly action: PolicyAction
  readonly enabled: number
  readonly metadata: string
  readonly updated_at: number
}

const policyActions = ['block', 'log'] as const
export type PolicyAction = (typeof policyActions)[number]

/** What is told of one; what is not, stays as it was. */
export type PolicyTold = {
  readonly name?: string
  readonly content?: string
  readonly action?: PolicyAction
  readonly enabled?: boolean
  readonly metadata?: JsonObject
}

const mostNameCharacters = 200
/** As much as the language takes for one policy. */
const mostContentCharacters = 100_000
const mostMetadataCharacters = 64 * 1024

export function readNewPolicy(body: JsonObject): Required<PolicyTold> {
  const { name, content, action = 'log', enabled = true, metadata = {} } = readPolicy(body)
  if (name === undefined) throw wrong('Name must be provided and non-empty')
  if (content === undefined) throw wrong('Policy content must be provided and non-empty')
  return { name, content, action, enabled, metadata }
}

export function readPolicy(body: JsonObject): PolicyTold {
  const { name, policy, action, enabled, extra_metadata: metadata } = body
  return {
    ...(given(name) && { name: readName(name) }),
    ...(given(policy) && { content: readContent(policy) }),
    ...(given(action) && { action: readAction(action) }),
    ...(given(enabled) && { enabled: readEnabled(enabled) }),
    ...(given(metadata) && { metadata: readMetadata(metadata) }),
  }
}

export function toPolicy(row: PolicyRow) {
  return {
    id: row.id,
    name: row.name,
    content: row.content,
    enabled: row.enabled === 1,
    action: row.action,
    extra_metadata: JSON.parse(row.metadata),
    last_updated_time: momentOf(row.updated_at),
  }
}

function given(value: unknown): boolean {
  return value !== undefined && value !== null
}

function readName(value: unknown): string {
  if (typeof value === 'string' && value.trim() !== '' && value.length <= mostNameCharacters) return value
  throw wrong(`The name of a policy must be a text of 1 to ${mostNameCharacters} characters`)
}

function readContent(value: unknown): string {
  if (typeof value !== 'string' || value.trim() === '') throw wrong('policy must be a text that is not empty')
  if (value.length <= mostContentCharacters) return value
  throw wrong(`A policy may have ${mostContentCharacters} characters`)
}

function readAction(value: unknown): PolicyAction {
  const action = policyActions.find((each) => each === value)
  if (action === undefined) throw wrong(`action must be one of ${policyActions.join(', ')}`)
  return action
}

function readEnabled(value: unknown): boolean {
  if (typeof value === 'boolean') return value
  throw wrong('enabled must be a boolean')
}

function readMetadata(value: unknown): JsonObject {
  if (!isObject(value)) throw wrong('extra_metadata must be a dictionary')
  if (JSON.stringify(value).length <= mostMetadataCharacters) return value
  throw wrong(`extra_metadata may have ${mostMetadataCharacters} characters`)
}
