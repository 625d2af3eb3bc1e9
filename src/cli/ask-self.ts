import type { Gateway } from '../exchange.ts'
import { handle } from '../gateway.ts'
import type { Question } from '../guard/detect/remote/means.ts'

/** What rules ask of models goes through the gateway itself, so that it is priced and kept; no rules judge it again. */
export type AskSelf = (question: Question, signal: AbortSignal) => Promise<unknown>

export function createAskSelf(gateway: () => Gateway, settled: Gateway['settled']): AskSelf {
  return async ({ path, body, maxResponseBytes }, signal) => {
    const text = JSON.stringify(body)
    const headers = { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)) }
    const request = new Request(`http://weir${path}`, { method: 'POST', headers, body: text, signal })
    const door = { kind: 'model', dialect: 'openai-chat', path } as const
    const response = await handle(request, door, { ...gateway(), hear: () => null, settled })
    const said = await response.text()
    if (!response.ok) throw new Error(`the model that was asked answered with status ${response.status}`)
    if (said.length > maxResponseBytes) throw new Error(`its answer is longer than ${maxResponseBytes} bytes`)
    return JSON.parse(said)
  }
}
