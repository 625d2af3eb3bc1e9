import type { Database } from 'bun:sqlite'
import { readMultipart } from '../../wire/multipart.ts'
import { createLineReader, type ReadLine } from './lines.ts'
import { createShowDataset } from './policies.ts'
import { demandPush, type Asking, type Writing } from './push.ts'
import { decode, readProjectName, wrong } from './said.ts'

/**
 * A project from a file, in slices: the reports of exchanges want to be written too. First all of it is looked through,
 * and only then a line is kept: what is wrong with the last one leaves nothing behind. The form comes as it was sent: to
 * take 120 MB of lines out of it takes 0.15 s, which the main thread has not.
 */
/** Null while there is more to do; the same form is to be given again. */
export type Upload = (contentType: string, form: Uint8Array, asking: Asking) => object | null

/** 1 ms to look through, 10 ms to keep. */
const charactersAtOnce = 128 * 1024

type Form = { readonly text: string; readonly name: string; readonly isPublic: boolean }
type Progress = Form & {
  phase: 'look' | 'keep'
  at: number
  read: ReadLine
  dataset: string
  /** Made for this file: it is told as the file tells it. */
  isNew: boolean
}

export type UploadOptions = Writing & {
  readonly make: (name: string, isPublic: boolean, asking: Asking) => string
}

export function createUpload(database: Database, { rows, insert, make }: UploadOptions): Upload {
  const running = new WeakMap<Uint8Array, Progress>()
  const first = database.prepare<{ seq: number }, [string]>(
    'SELECT seq FROM traces WHERE project = ? LIMIT 1',
  )
  const publish = database.prepare('UPDATE dataset SET is_public = ? WHERE id = ?')
  const show = createShowDataset(database, rows)
  const describe = database.prepare('UPDATE dataset SET metadata = ? WHERE id = ?')

  const demandNew = (name: string, { who }: Asking) => {
    const present = rows.named(name)
    demandPush(who, name, present)
    if (present === null || first.get(name) === null) return present
    throw wrong('Dataset with the same name already exists with traces, to add new traces use the push API')
  }

  const begin = (contentType: string, bytes: Uint8Array, asking: Asking): Progress => {
    const form = readForm(bytes, contentType)
    demandNew(form.name, asking)
    return { ...form, phase: 'look', at: 0, read: createLineReader(), dataset: '', isNew: false }
  }

  const keepLine = (text: string, progress: Progress, { who, at }: Asking): void => {
    const { read, name, dataset: id, isNew } = progress
    const line = read(text)
    if (line.kind === 'trace') {
      const of = { user: who.user.id, at, project: name, origin: 'uploaded' } as const
      insert.trace({ ...of, ...line.trace, ...(line.trace.id !== null && { foreignId: line.trace.id }) })
    }
    if (line.kind !== 'metadata') return
    const before: object = isNew ? {} : JSON.parse(rows.present({ id }).metadata)
    describe.run(JSON.stringify({ ...before, ...line.metadata }), id)
  }

  return (contentType, form, asking) => {
    const progress = running.get(form) ?? begin(contentType, form, asking)
    running.set(form, progress)
    const { name, isPublic } = progress
    if (progress.phase === 'keep' && progress.dataset === '') {
      const present = demandNew(name, asking)
      progress.isNew = present === null
      progress.dataset = present?.id ?? make(name, isPublic, asking)
      publish.run(isPublic ? 1 : 0, progress.dataset)
    }
    const isKeeping = progress.phase === 'keep'
    for (const line of slice(progress)) {
      if (isKeeping) keepLine(line, progress, asking)
      else progress.read(line)
    }
    if (progress.at < progress.text.length) return null
    running.delete(form)
    if (isKeeping) return show(progress.dataset, asking.who)
    running.set(form, { ...progress, phase: 'keep', at: 0, read: createLineReader() })
    return null
  }
}

function readForm(bytes: Uint8Array, contentType: string): Form {
  const parts = readMultipart(bytes, contentType)
  const find = (name: string) => parts?.find((part) => part.name === name)?.bytes ?? null
  const file = find('file')
  if (file === null) throw wrong('The body must be a form with a "file"')
  const isPublic = find('is_public')?.toString().toLowerCase() ?? 'false'
  if (isPublic !== 'true' && isPublic !== 'false') throw wrong('is_public must be true or false')
  const name = readProjectName(find('name')?.toString() ?? null)
  return { text: decode(file), name, isPublic: isPublic === 'true' }
}

function* slice(progress: Progress): Generator<string> {
  const { text } = progress
  const until = progress.at + charactersAtOnce
  while (progress.at < Math.min(until, text.length)) {
    const end = text.indexOf('\n', progress.at)
    const line = text.slice(progress.at, end === -1 ? text.length : end)
    progress.at = end === -1 ? text.length : end + 1
    yield line
  }
}
