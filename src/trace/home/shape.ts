import type { JsonObject } from '../../conversation/json.ts'
import type { Content } from './content.ts'
import { mapTexts, shorten } from './image.ts'
import { momentOf } from './moment.ts'
import { type PolicyRow, toPolicy } from './policy.ts'
import { type DatasetRow, type HomeRow, mayReadRules } from './rows.ts'
import { without } from './said.ts'
import { userOf, type Who } from './who.ts'

/** Rows as Invariant's Explorer answers them: names, nulls and order are its clients' contract. */
export type AnnotationRow = {
  readonly id: string
  readonly user: string
  readonly content: string
  readonly address: string | null
  readonly created_at: number
  readonly metadata: string | null
  readonly source: string
}

export function toAnnotation(row: AnnotationRow, trace: string) {
  return {
    id: row.id,
    trace_id: trace,
    content: row.content,
    address: row.address,
    time_created: momentOf(row.created_at),
    extra_metadata: row.metadata === null ? null : JSON.parse(row.metadata),
    user: userOf(row.user),
  }
}

/** As it is told here, and as it was told in the project it was exported from. */
export function toExported({ content, address, metadata }: AnnotationRow) {
  return { content, address, extra_metadata: metadata === null ? null : JSON.parse(metadata) }
}

export function nameOf({ name, number, project }: HomeRow): string {
  return name ?? (project === '' ? 'Single Trace' : `Run ${number ?? 0}`)
}

export function hierarchyOf({ hierarchy }: HomeRow): readonly string[] {
  return hierarchy === null ? [] : JSON.parse(hierarchy)
}

/** Who pushed it is kept, and shown nowhere. What passed through here tells of itself; `asked` needs its bodies. */
export function metadataOf(row: HomeRow, asked: JsonObject = {}): JsonObject {
  const told: JsonObject = row.metadata === null ? {} : JSON.parse(row.metadata)
  if (row.origin !== 'recorded') return without(told, ['uploader'])
  const { usage_input: input, usage_output: output } = row
  const usage = input === null && output === null ? {} : { usage: { input, output } }
  const { provider, model, outcome, status, verdict, session } = row
  return {
    via_gateway: true,
    provider,
    model,
    outcome,
    status,
    verdict,
    session,
    ...usage,
    ...asked,
    ...told,
  }
}

export const mostTextCharacters = 100_000

export function toTrace(
  row: HomeRow,
  { messages, metadata }: Content,
  { annotations, mostCharacters }: { annotations: readonly AnnotationRow[] | null; mostCharacters: number },
) {
  const user = userOf(row.user ?? row.owner ?? '')
  const folder = `${row.project === '' ? 'snippets' : row.project}/${row.id}`
  return {
    id: row.id,
    index: row.number ?? 0,
    messages: mapTexts(messages, (text) => shorten(text, folder, mostCharacters)),
    dataset: row.dataset,
    user_id: user.id,
    name: nameOf(row),
    hierarchy_path: hierarchyOf(row),
    user: user.username,
    extra_metadata: metadataOf(row, metadata),
    time_created: momentOf(row.started_at),
    time_last_pushed: momentOf(row.changed_at ?? row.started_at),
    ...(annotations !== null && { annotations: annotations.map((each) => toAnnotation(each, row.id)) }),
  }
}

export function toListed(row: HomeRow, sources: Readonly<Record<string, number>>) {
  return {
    id: row.id,
    index: row.number ?? 0,
    messages: [],
    annotations_by_source: sources,
    extra_metadata: metadataOf(row),
    name: nameOf(row),
    hierarchy_path: hierarchyOf(row),
  }
}

/** Rules are for whoever may read them. What came with an upload under their name is none: nobody has looked at it. */
export function toDataset(row: DatasetRow, who: Who, policies: readonly PolicyRow[]) {
  const metadata = without(JSON.parse(row.metadata), ['policies'])
  const hasRules = policies.length > 0 && mayReadRules(who, row)
  return {
    id: row.id,
    name: row.name,
    extra_metadata: hasRules ? { ...metadata, policies: policies.map(toPolicy) } : metadata,
    is_public: row.is_public === 1,
    user_id: row.user,
    time_created: momentOf(row.created_at),
    latest_trace_time: row.pushed_at === null ? null : momentOf(row.pushed_at),
    user: userOf(row.user),
  }
}

/** The first line of an export. Rules that came with a file, which hold for nobody, leave with it again. */
export function toHead(row: DatasetRow, who: Who, policies: readonly PolicyRow[]) {
  const told: JsonObject = JSON.parse(row.metadata)
  const rest = without(told, ['policies'])
  if (!mayReadRules(who, row)) return { metadata: rest }
  return { metadata: policies.length === 0 ? told : { ...rest, policies: policies.map(toPolicy) } }
}
