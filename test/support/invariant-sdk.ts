import { type Form, type Library, type PythonRequest, send, type Told } from './python.ts'

/**
 * What `invariant-sdk` puts on the wire, method by method, and what it makes of the answers: everything but 2xx is an
 * error, of which it knows four. Beside its own methods stand the routes that its users called themselves.
 */
export type Sdk = {
  readonly pushTrace: (push: PushTraces) => Promise<unknown>
  readonly appendMessages: (append: Append) => Promise<unknown>
  readonly getDatasetMetadata: (dataset: string, owner?: string) => Promise<unknown>
  readonly updateDatasetMetadata: (dataset: string, change: MetadataChange) => Promise<unknown>
  /** Any route, with the headers of all of them. */
  readonly call: (method: PythonRequest['method'], path: string, json?: unknown) => Promise<unknown>
  readonly upload: (form: Form) => Promise<unknown>
  readonly download: (path: string) => Promise<string>
}

export type SdkAnnotation = {
  readonly content: string
  readonly address: string
  readonly extra_metadata?: object
}

export type PushTraces = {
  readonly messages: readonly (readonly object[])[]
  readonly annotations?: readonly (readonly SdkAnnotation[])[]
  readonly dataset?: string
  readonly metadata?: readonly object[]
}

export type Append = {
  readonly trace: string
  readonly messages: readonly object[]
  readonly annotations?: readonly SdkAnnotation[]
}

export type MetadataChange = { readonly metadata: object; readonly replaceAll?: boolean }

export type SdkOptions = { readonly url: string; readonly key: string; readonly library: Library }

export function createSdk({ url, key, library }: SdkOptions): Sdk {
  const headers = { Authorization: `Bearer ${key}`, Accept: 'application/json' }
  // Told for requests without a body, too.
  const typed = { ...headers, 'Content-Type': 'application/json' }

  async function told(request: PythonRequest): Promise<Told> {
    const answer = await send(library, request)
    if (answer.status >= 200 && answer.status < 300) return answer
    const { pathname } = new URL(request.url)
    throw new Error(`${failureOf(answer.status)}: ${request.method} ${pathname}: ${answer.text}`)
  }

  async function ask(method: PythonRequest['method'], path: string, json?: unknown): Promise<unknown> {
    const request = { method, url: `${url}/api/v1${path}`, headers: typed }
    return (await told(json === undefined ? request : { ...request, json })).json
  }

  return {
    // What is not given is told as null.
    pushTrace: ({ messages, annotations, dataset = null, metadata = null }) =>
      ask('POST', '/push/trace', {
        messages,
        annotations: annotations?.map(dumped) ?? null,
        dataset,
        metadata,
      }),
    appendMessages: ({ trace, messages, annotations = [] }) => {
      // One moment for all of a call.
      const timestamp = pythonMoment()
      return ask('POST', `/trace/${trace}/messages`, {
        messages: messages.map((message) => ({ timestamp, ...message })),
        annotations: dumped(annotations),
      })
    },
    getDatasetMetadata: (dataset, owner) =>
      ask('GET', `/dataset/metadata/${dataset}${owner === undefined ? '' : `?owner=${owner}`}`),
    updateDatasetMetadata: (dataset, { metadata, replaceAll = false }) =>
      ask('PUT', `/dataset/metadata/${dataset}`, { metadata, replace_all: replaceAll }),
    call: ask,
    upload: async (files) =>
      (await told({ method: 'POST', url: `${url}/api/v1/dataset/upload`, headers, files })).json,
    download: async (path) => (await told({ method: 'GET', url: `${url}/api/v1${path}`, headers })).text,
  }
}

function failureOf(status: number): string {
  if (status === 500) return 'InvariantAPIError'
  if (status === 401) return 'InvariantAuthError'
  return status === 404 ? 'InvariantNotFoundError' : 'InvariantError'
}

function dumped(annotations: readonly SdkAnnotation[]): object[] {
  return annotations.map(({ content, address, extra_metadata = null }) => ({
    content,
    address,
    extra_metadata,
  }))
}

/** `datetime.now(timezone.utc).isoformat()`: microseconds, unless there are none, and the zone in hours. */
export function pythonMoment(ms = Date.now()): string {
  const micros = Math.floor(ms * 1000) % 1_000_000
  const second = new Date(ms).toISOString().slice(0, 19)
  return `${second}${micros === 0 ? '' : `.${String(micros).padStart(6, '0')}`}+00:00`
}
