import { Fault, type FaultCode } from '../../core/fault.ts'
import { askChange, type SendChange } from '../../trace/home/ask-change.ts'
import type { Change } from '../../trace/home/change.ts'
import type { HomeAnswer, HomeQuestion } from '../../trace/home/questions.ts'
import type { Bytes } from '../../wire/body.ts'

/** The store's two threads as these routes want them. Answers are texts of JSON that are passed on as they are. */
export type HomeStore = {
  readonly ask: (question: HomeQuestion) => Promise<HomeAnswer>
  readonly change: SendChange
}

export type Told = { readonly json: string; readonly next: number | null }

export type HomeAnswers = {
  readonly told: (question: HomeQuestion) => Promise<Told>
  readonly image: (question: Extract<HomeQuestion, { kind: 'image' }>) => Promise<Response>
  readonly changed: (change: Change, body?: Bytes | null) => Promise<Response>
}

export function createHomeAnswers({ ask, change }: HomeStore): HomeAnswers {
  return {
    told: async (question) => {
      const answer = await ask(question)
      if (answer.kind === 'told') return answer
      throw answer.kind === 'refused' ? refused(answer) : new Error('A picture was not asked for')
    },
    image: async (question) => {
      const answer = await ask(question)
      if (answer.kind !== 'image') throw answer.kind === 'refused' ? refused(answer) : new Error('No picture')
      const bytes = Buffer.from(answer.base64, 'base64')
      return new Response(new Uint8Array(bytes), { headers: { ...safe, 'content-type': answer.type } })
    },
    changed: async (asked, body = null) => {
      // The bytes are given away: a window on others is copied first.
      const isOwn = body !== null && body.byteLength === body.buffer.byteLength
      const buffer = body === null ? new ArrayBuffer(0) : isOwn ? body.buffer : body.slice().buffer
      return toJson(await askChange(change, asked, buffer))
    },
  }
}

function refused({ code, message }: { readonly code: FaultCode; readonly message: string }): Fault {
  return new Fault(code, message)
}

const safe = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' }

export function toJson(json: string): Response {
  return new Response(json, { headers: { ...safe, 'content-type': 'application/json' } })
}

/** Parts one after the other, as the client reads. */
export function toStream(parts: AsyncGenerator<string>, headers: Readonly<Record<string, string>>): Response {
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { value, done } = await parts.next()
        if (done === true) return controller.close()
        controller.enqueue(new TextEncoder().encode(value))
      },
      async cancel() {
        await parts.return(undefined)
      },
    },
    { highWaterMark: 0 },
  )
  return new Response(body, { headers: { ...safe, ...headers } })
}
