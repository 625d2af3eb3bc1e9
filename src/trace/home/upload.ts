import type { Database } from 'bun:sqlite'
import { createLineReader, type ReadLine } from './lines.ts'
import { createShowDataset } from './policies.ts'
import { demandPush, type Asking, type Writing } from './push.ts'
import { decode, readProjectName, wrong } from './said.ts'

/**
 * A project from a file, in slices: the reports of exchanges want to be written too. First all of it is looked through,
 * and only then a line is kept: what is wrong with the last one leaves nothing behind.
 */
export type UploadOf = { readonly name: unknown; readonly isPublic: boolean }

/** Null while there is more to do; the same bytes are to be given again. */
export type Upload = (of: UploadOf, file: Uint8Array, asking: Asking) => object | null

/** 1 ms to look through, 10 ms to keep. */
const charactersAtOnce = 128 * 1024

type Progress = { readonly text: string; phase: 'look' | 'keep'; at: number; read: ReadLine; dataset: string }

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

  const begin = (of: UploadOf, file: Uint8Array, asking: Asking): Progress => {
    demandNew(readProjectName(of.name), asking)
    const progress = {
      text: decode(file),
      phase: 'look',
      at: 0,
      read: createLineReader(),
      dataset: '',
    } as const
    return { ...progress }
  }

  const keepLine = (
    text: string,
    name: string,
    { read, dataset: id }: Progress,
    { who, at }: Asking,
  ): void => {
    const line = read(text)
    if (line.kind === 'trace') {
      const of = { user: who.user.id, at, project: name, origin: 'uploaded' } as const
      insert.trace({ ...of, ...line.trace, ...(line.trace.id !== null && { foreignId: line.trace.id }) })
    }
    if (line.kind !== 'metadata') return
    const { metadata = '{}' } = rows.dataset({ id }) ?? {}
    describe.run(JSON.stringify({ ...JSON.parse(metadata), ...line.metadata }), id)
  }

  return (of, file, asking) => {
    const progress = running.get(file) ?? begin(of, file, asking)
    running.set(file, progress)
    const name = readProjectName(of.name)
    if (progress.phase === 'keep' && progress.dataset === '') {
      progress.dataset = demandNew(name, asking)?.id ?? make(name, of.isPublic, asking)
      publish.run(of.isPublic ? 1 : 0, progress.dataset)
    }
    const isKeeping = progress.phase === 'keep'
    for (const line of slice(progress)) {
      if (isKeeping) keepLine(line, name, progress, asking)
      else progress.read(line)
    }
    if (progress.at < progress.text.length) return null
    running.delete(file)
    if (isKeeping) return show(progress.dataset, asking.who)
    running.set(file, { ...progress, phase: 'keep', at: 0, read: createLineReader() })
    return null
  }
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
