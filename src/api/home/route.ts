import type { AnyElysia } from 'elysia'
import type { Change } from '../../trace/home/change.ts'
import type { Who } from '../../trace/home/who.ts'
import { type Bytes, readWhole } from '../../wire/body.ts'
import { readId } from './parameters.ts'
import type { HomeAnswers } from './store.ts'

/** What the routes of this folder are made with. */
export type WhoIs = (request: Request) => Who | Promise<Who>

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'

export type Given = {
  readonly request: Request
  readonly params: Readonly<Record<string, string>>
  readonly who: Who
}
export type Handler = (given: Given) => Promise<Response>
export type On = (method: Method, path: string, handler: Handler) => void

const mostPushBytes = 64 * 1024 * 1024
const silenceMs = 30_000

export function createOn(app: AnyElysia, whoIs: WhoIs): On {
  return (method, path, handler) =>
    void app.route(
      method,
      `/v1${path}`,
      async ({ request, params }) => handler({ request, params, who: await whoIs(request) }),
      // Elysia would read the body, on this thread, and without a bound.
      { parse: 'none' },
    )
}

/** For a change of which all but the body is in the address. */
export function createWithBody({ changed }: HomeAnswers) {
  return (toChange: (given: Given) => Change): Handler =>
    async (given) =>
      changed(toChange(given), await bodyOf(given.request, mostPushBytes))
}

export async function bodyOf(request: Request, mostBytes: number): Promise<Bytes> {
  const limits = { wholeBytes: mostBytes, streamedBytes: mostBytes, silenceMs }
  return (await readWhole(request, limits)) ?? new Uint8Array()
}

export function traceIn(params: Given['params'], name = 'id'): string {
  return readId(params[name], 'Trace')
}
