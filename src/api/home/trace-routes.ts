import type { Listing } from './listing.ts'
import { isOn, readId, readParameters, SnippetParameters, TraceParameters } from './parameters.ts'
import { createWithBody, type Given, type Handler, type On, traceIn } from './route.ts'
import { type HomeAnswers, toJson } from './store.ts'

/** Routes of single traces, and of what is remarked about them. */
export function addTraces(on: On, answers: HomeAnswers, listing: Listing): void {
  const { told, changed } = answers
  const withBody = createWithBody(answers)
  on(
    'POST',
    '/push/trace',
    withBody(({ who }) => ({ kind: 'push', who })),
  )
  on('GET', '/trace/snippets', async ({ request, who }) => {
    const { limit = '100' } = readParameters(request, SnippetParameters)
    return listing.snippets(who, Number(limit))
  })
  on(
    'POST',
    '/trace/snippets/new',
    withBody(({ who }) => ({ kind: 'snippet', who })),
  )
  on('GET', '/trace/image/:dataset/:trace/:image', ({ params, who }) =>
    answers.image({ kind: 'image', who, trace: traceIn(params, 'trace'), name: params['image'] ?? '' }),
  )
  on('GET', '/trace/:id', async ({ request, params, who }) => {
    const { max_length: most = '100000', include_annotations: notes } = readParameters(
      request,
      TraceParameters,
    )
    const of = { mostCharacters: Math.max(1, Number(most)), withAnnotations: isOn(notes, true) }
    return toJson((await told({ kind: 'trace', who, trace: traceIn(params), ...of })).json)
  })
  on('DELETE', '/trace/:id', ({ params, who }) =>
    changed({ kind: 'trace-remove', who, trace: traceIn(params) }),
  )
  on('GET', '/trace/:id/download', async ({ params, who }) => {
    const trace = traceIn(params)
    const { json } = await told({ kind: 'trace-export', who, trace })
    const headers = {
      'content-type': 'application/jsonl',
      'content-disposition': `attachment; filename="${trace}.jsonl"`,
    }
    return new Response(`${json}\n`, { headers })
  })
  on(
    'POST',
    '/trace/:id/messages',
    withBody(({ params, who }) => ({ kind: 'append', who, trace: traceIn(params) })),
  )
  on('GET', '/trace/:id/shared', async ({ params, who }) =>
    toJson((await told({ kind: 'shared', who, trace: traceIn(params) })).json),
  )
  const share =
    (isShared: boolean): Handler =>
    ({ params, who }) =>
      changed({ kind: 'share', who, trace: traceIn(params), isShared })
  on('PUT', '/trace/:id/shared', share(true))
  on('DELETE', '/trace/:id/shared', share(false))
}

export function addAnnotations(on: On, answers: HomeAnswers): void {
  const { told, changed } = answers
  const withBody = createWithBody(answers)
  on('GET', '/trace/:id/annotations', async ({ params, who }) =>
    toJson((await told({ kind: 'annotations', who, trace: traceIn(params) })).json),
  )
  on(
    'POST',
    '/trace/:id/annotate',
    withBody(({ params, who }) => ({ kind: 'annotate', who, trace: traceIn(params) })),
  )
  on(
    'POST',
    '/trace/:id/annotations/update',
    withBody(({ params, who }) => ({ kind: 'annotations-replace', who, trace: traceIn(params) })),
  )
  const one = ({ params }: Given) => ({
    trace: traceIn(params),
    annotation: readId(params['annotation'], 'Annotation'),
  })
  on(
    'PUT',
    '/trace/:id/annotation/:annotation',
    withBody((given) => ({ kind: 'annotation-change', who: given.who, ...one(given) })),
  )
  on('DELETE', '/trace/:id/annotation/:annotation', (given) =>
    changed({ kind: 'annotation-remove', who: given.who, ...one(given) }),
  )
}
