import { readJson } from '../conversation/json.ts'
import type { Gateway } from '../exchange.ts'
import { handle } from '../gateway.ts'
import { fail } from '../guard/detect/remote/failure.ts'
import type { Ask } from '../guard/detect/remote/means.ts'
import { blameOf } from '../guard/detect/remote/post.ts'
import { readBoundedText } from '../wire/bounded.ts'

/** What rules ask of models goes through the gateway itself, so that it is priced and kept; no rules judge it again. */
export function createAskSelf(gateway: () => Gateway, settled: Gateway['settled']): Ask {
  return async ({ path, body, maxResponseBytes }, signal) => {
    const text = JSON.stringify(body)
    const headers = { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)) }
    const request = new Request(`http://weir${path}`, { method: 'POST', headers, body: text, signal })
    const door = { kind: 'model', dialect: 'openai-chat', path } as const
    const response = await handle(request, door, { ...gateway(), hear: () => null, settled })
    if (!response.ok) {
      await response.body?.cancel()
      fail(blameOf(response.status), `it answered with status ${response.status}`)
    }
    const said = await readBoundedText(response, maxResponseBytes)
    if (said === null) fail('text', `its answer is larger than ${maxResponseBytes} bytes`)
    const answer = readJson(said)
    if (answer === undefined) fail('service', 'its answer is no JSON')
    return answer
  }
}
