import { wholeAnswer } from '../../src/cli/bench/answers.ts'
import type { Begin } from '../../src/merge/report.ts'

/** Short exchanges for the recorder, none like another: the same body twice would be stored once. */
export function exampleRequest(number: number): {
  readonly begin: Omit<Begin, 'startedAt'>
  readonly body: Uint8Array<ArrayBuffer>
} {
  const messages = [
    { role: 'system', content: 'You are a helpful assistant. '.repeat(10) },
    { role: 'user', content: `What does weir ${number} do on day ${(number * 7919) % 365}?` },
  ]
  return { begin, body: Buffer.from(JSON.stringify({ model: 'bench', messages })) }
}

export const exampleResponse = new Response(null, {
  status: 200,
  headers: { 'content-type': 'application/json', date: 'Thu, 01 Jan 2026 00:00:00 GMT' },
})

const answer = wholeAnswer.subarray(wholeAnswer.indexOf('\r\n\r\n') + 4).toString()

/** The benchmarks' JSON answer of 1.5 KB with an id of its own. */
export function wholeReply(number: number): Uint8Array {
  return Buffer.from(answer.replace('chatcmpl-bench', `chatcmpl-${number}`))
}

const begin: Omit<Begin, 'startedAt'> = {
  project: 'default',
  provider: 'up',
  dialect: 'openai-chat',
  model: 'bench',
  stream: false,
  method: 'POST',
  path: '/up/v1/chat/completions',
  requestHeaders: [
    ['content-type', 'application/json'],
    ['authorization', '***'],
  ],
  secrets: ['Bearer bench'],
}
