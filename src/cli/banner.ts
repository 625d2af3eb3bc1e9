import { createPaint } from './paint.ts'

/** What a newcomer sees when Weir has started: the address, lines that work when pasted, and where to look. */
export type BannerFacts = {
  /** Without a slash at its end. */
  readonly url: string
  /** The folder of the traces. */
  readonly traces: string
  readonly providers: readonly string[]
  /** What is typed for `weir`. */
  readonly typed: string
  readonly color: boolean
}

export function banner({ url, traces, providers, typed, color }: BannerFacts): string {
  const paint = createPaint(color)
  const label = (text: string): string => paint('dim', text.padEnd(10))
  const code = (text: string): string => `  ${paint('cyan', text)}`
  const heading = (text: string, aside: string): string =>
    `${paint('bold', text)}${paint('dim', `  ${aside}`)}`
  const lines = [
    `${paint('bold', 'weir')} ${paint('dim', 'is listening on')} ${paint('green', url)}`,
    '',
    `${label('providers')}${providers.join(', ')}`,
    `${label('traces')}${url}/  ${paint('dim', 'or')}  ${typed} traces follow`,
    `${label('kept in')}${traces}`,
    '',
    heading('Try it', 'the built-in demo needs no key'),
    code(`curl -N ${url}/v1/chat/completions -H 'content-type: application/json' \\`),
    code(`  -d '{"model":"demo/human","stream":true,"messages":[{"role":"user","content":"Hello"}]}'`),
    '',
    heading('Point an SDK or agent at it', 'with the key it has already'),
    ...variables(url).map(([name, value]) => code(`export ${name}=${value}`)),
    '',
    heading('Or in code', 'any OpenAI SDK, any provider/model'),
    code(`const client = new OpenAI({ baseURL: '${url}/v1', apiKey: 'none' })`),
    code(`await client.chat.completions.create({ model: 'demo/human', messages })`),
  ]
  return `${lines.join('\n')}\n`
}

/** What the official SDKs read: OpenAI's with its /v1, the others' without a version. */
function variables(url: string): readonly (readonly [name: string, value: string])[] {
  return [
    ['OPENAI_BASE_URL', `${url}/openai/v1`],
    ['ANTHROPIC_BASE_URL', `${url}/anthropic`],
    ['GOOGLE_GEMINI_BASE_URL', `${url}/gemini`],
  ]
}
