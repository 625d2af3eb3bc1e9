import type { JsonObject } from '../../conversation/json.ts'
import { Fault } from '../../core/fault.ts'
import { usualProject } from '../../merge/begin.ts'
import { sha256Of } from '../digest.ts'
import { readAnnotations } from './annotation.ts'
import type { Insert } from './insert.ts'
import { readBeside, readMessages, readProjectName, wrong } from './said.ts'
import type { DatasetRow, Rows } from './rows.ts'
import { isOverAll, localUser, may, type Who } from './who.ts'

/** Traces that somebody pushes, many at once: all of them, or none. */
export type Asking = { readonly who: Who; readonly at: number }

export type Writing = { readonly rows: Rows; readonly insert: Insert }

const mostPushed = 1000

export function push(body: JsonObject, { who, at }: Asking, { insert, rows }: Writing) {
  const { messages, annotations, metadata, dataset = null } = body
  if (!Array.isArray(messages)) throw wrong('messages must be a list of traces, each a list of messages')
  if (messages.length > mostPushed) throw wrong(`At most ${mostPushed} traces can be pushed at once`)
  const notes = sameLength(annotations, messages.length, 'annotations')
  const metas = sameLength(metadata, messages.length, 'metadata')
  const project = dataset === null ? '' : readProjectName(dataset)
  if (project !== '') demandPush(who, project, rows.named(project))
  else if (!may(who, 'push', '')) throw new Fault('forbidden', 'This key may not push traces')
  const read = messages.map((each: unknown, index) => {
    const said = readMessages(each, `messages[${index}]`)
    return {
      messages: said,
      annotations: readAnnotations(notes[index], said, `annotations[${index}]`),
      beside: readBeside(metas[index], `metadata[${index}]`),
    }
  })
  const of = { user: who.user.id, at, project, origin: 'pushed' } as const
  const id = read.map((telling) => {
    const known = markOf(telling.beside.metadata, [who.user.id, project])
    const there = known === undefined ? null : rows.known(known)
    return there ?? insert.trace({ ...of, ...telling, ...(known !== undefined && { known }) })
  })
  return { id, dataset, username: who.user.username }
}

/** Another Weir says which trace of its own it is: one that comes twice, since its answer was lost, is there once. */
function markOf({ weir_trace: trace }: JsonObject, of: readonly string[]): Uint8Array | undefined {
  if (typeof trace !== 'string' || trace === '') return undefined
  return sha256Of(Buffer.from(JSON.stringify(['weir', ...of, trace])))
}

function sameLength(value: unknown, length: number, name: string): readonly unknown[] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) throw wrong(`${name} must be a list, one for each trace`)
  if (value.length === length) return value
  throw wrong(`There are ${length} traces and ${value.length} ${name}: there must be one for each`)
}

/** A project that is there already, whoever made it, or one that is made now. */
export function demandPush(who: Who, project: string, present: DatasetRow | null): void {
  if (!may(who, 'push', project)) {
    throw new Fault('forbidden', `This key may not push to "${project}"`)
  }
  const owner = present?.user ?? (project === usualProject ? localUser.id : who.user.id)
  if (owner !== who.user.id && !isOverAll(who)) {
    throw new Fault('forbidden', `The dataset "${project}" belongs to somebody else`)
  }
}

export function snippet(body: JsonObject, { who, at }: Asking, { insert }: Writing) {
  if (!may(who, 'push', '')) throw new Fault('forbidden', 'This key may not push traces')
  const { content, extra_metadata: metadata, name, hierarchy_path: hierarchy } = body
  const messages = readMessages(content, 'content')
  const beside = readBeside(metadata, 'extra_metadata', { name, hierarchy })
  const of = { user: who.user.id, at, project: '', origin: 'pushed' } as const
  const titled = { ...beside, name: beside.name ?? 'Single Trace' }
  return { id: insert.trace({ ...of, messages, beside: titled, annotations: [] }) }
}
