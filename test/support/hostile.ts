import { type Stored, storedTrace } from './heads.ts'

/** A trace whose every text tries to be more than text. */
const attacks = [
  '<script>window.ran = 1</script>',
  '<img src=x onerror="window.ran = 1"><img src="http://127.0.0.2:9/leak">',
  '<svg onload="window.ran = 1">',
  'javascript:window.ran=1',
  '\u001b[31mred\u001b[0m',
  '\u202etxt.exe \u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627',
  '\u{1F600}'.repeat(3000),
  '</script></pre></textarea><iframe src="http://127.0.0.2:9/frame"></iframe>',
]
const hostile = attacks.join('\n')
const short = attacks.slice(0, 6).join(' ')

export function hostileTrace(): Stored {
  return storedTrace(
    {
      model: short,
      provider: attacks[1] ?? '',
      path: `/demo/${short}`,
      project: short,
      outcome: 'failed',
      status: 500,
      detail: hostile,
      request: {
        model: short,
        messages: [
          { role: short, content: hostile },
          {
            role: 'user',
            content: [
              { type: 'text', text: hostile },
              { type: short, image_url: { url: 'http://127.0.0.2:9/i' } },
            ],
          },
        ],
      },
      requestHeaders: [['x-evil', hostile]],
      reply: {
        choices: [
          {
            finish_reason: hostile,
            message: {
              role: 'assistant',
              content: hostile,
              tool_calls: [{ function: { name: short, arguments: hostile } }],
            },
          },
        ],
      },
      answer: {
        ending: 'error',
        model: 'x'.repeat(500),
        error: { message: hostile },
        unknownEvents: { [hostile]: 7, ['y'.repeat(500)]: 1 },
      },
      error: { message: hostile },
      pushed: { state: 'refused', attempts: 3, detail: hostile, remoteId: short },
    },
    [{ bytes: new TextEncoder().encode(hostile), reads: [30_000, 5, 200_000, 9] }],
  )
}
