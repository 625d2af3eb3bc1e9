/** What the benchmarks' provider says, as it goes over the wire: the same bytes for everyone who is measured. */

/** A chat completion of 1.5 KB, head included in the figure as little as the request is. */
export const wholeAnswer = toMessage(
  JSON.stringify({
    id: 'chatcmpl-bench',
    object: 'chat.completion',
    created: 1767225600,
    model: 'bench',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: prose(1180) },
        finish_reason: 'stop',
        logprobs: null,
      },
    ],
    usage: { prompt_tokens: 80, completion_tokens: 240, total_tokens: 320 },
    system_fingerprint: 'fp_bench',
  }),
)

export const streamHead = Buffer.from(
  'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncache-control: no-cache\r\ntransfer-encoding: chunked\r\n\r\n',
)
/** One event of a stream, as providers send them: a token in 250 bytes. */
export const streamEvent = toChunk(event({ content: ' measured' }, null))
export const streamLast = Buffer.concat([
  toChunk(event({}, 'stop') + 'data: [DONE]\n\n'),
  Buffer.from('0\r\n\r\n'),
])

/** 64 KB of events in one chunk, for answers that are as fast as the network. */
export const streamBlock = toChunk(event({ content: ' measured' }, null).repeat(270).slice(0, 65_536))
export const streamBlockBytes = 65_536

export function toMessage(json: string): Buffer {
  const head = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(json)}\r\n\r\n`
  return Buffer.from(head + json)
}

function event(delta: { readonly content?: string }, finish: 'stop' | null): string {
  const choices = [{ index: 0, delta, logprobs: null, finish_reason: finish }]
  const head = { id: 'chatcmpl-bench', object: 'chat.completion.chunk', created: 1767225600, model: 'bench' }
  return `data: ${JSON.stringify({ ...head, service_tier: 'default', system_fingerprint: 'fp_bench', choices })}\n\n`
}

function toChunk(text: string): Buffer {
  return Buffer.from(`${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`)
}

function prose(length: number): string {
  return 'A weir lets the water pass, unhurried and unchanged, and measures it. '
    .repeat(length / 70 + 1)
    .slice(0, length)
}
