import { forwardBare } from '../../upstream/bare.ts'
import { runJob, type Job } from './jobs.ts'
import { startUpstream } from './upstream.ts'

/**
 * What runs in processes of its own: the provider, the bare forwarder, and the clients. A part says one line of JSON,
 * and ends when whoever started it is gone, however that went: its standard input ends then.
 */
export type Part =
  | { readonly kind: 'upstream' }
  | { readonly kind: 'bare'; readonly upstreamPort: number }
  | { readonly kind: 'load'; readonly job: Job }

export async function runPart(part: Part, say: (line: string) => void): Promise<void> {
  switch (part.kind) {
    case 'upstream': {
      const upstream = startUpstream()
      say(JSON.stringify({ port: upstream.port }))
      await inputEnded()
      return upstream.stop()
    }
    case 'bare': {
      const origin = `http://127.0.0.1:${part.upstreamPort}`
      const fetch = (request: Request): Promise<Response> => forwardBare(request, origin)
      const server = Bun.serve({ hostname: '127.0.0.1', port: 0, idleTimeout: 0, fetch })
      say(JSON.stringify({ port: server.port }))
      await inputEnded()
      return server.stop(true)
    }
    case 'load':
      say(JSON.stringify(await runJob(part.job)))
  }
}

async function inputEnded(): Promise<void> {
  for await (const _ of Bun.stdin.stream()) continue
}
