import { expect, test } from 'bun:test'
import { dialectNames } from '../../../src/dialect/dialect.ts'
import { scenarios } from '../../../src/demo/scenario.ts'
import { stride } from '../../support/quick.ts'
import { at, createTimeless, toEvents, toRequest } from './ask.ts'
import { wholeSaid } from './said.ts'

/** All bytes that came, and the code of the error that ended them, if one did. */
async function drain(response: Response): Promise<{ text: string; code: unknown }> {
  const decoder = new TextDecoder()
  const reader = response.body?.getReader()
  let text = ''
  try {
    for (let next = await reader?.read(); next?.done === false; next = await reader?.read()) {
      text += decoder.decode(next.value, { stream: true })
    }
    return { text, code: null }
  } catch (error) {
    return { text, code: at(error, 'code') }
  }
}

test('there are sixteen scenarios, each with a description', () => {
  const names = Array.from({ length: 16 }, (_, index) => `s${String(index + 1).padStart(2, '0')}`)
  expect(scenarios.map(({ name }) => String(name))).toEqual(names)
  expect(scenarios.every(({ description }) => description.length > 10)).toBe(true)
})

for (const dialect of dialectNames) {
  const isSse = dialect !== 'gemini'

  test(`${dialect}: s01 refuses once with Retry-After, then answers, and has then forgotten it`, async () => {
    let time = 0
    const { ask } = createTimeless({ now: () => time })
    const status = async (headers = {}) => (await ask(toRequest(dialect, 's01', { headers }))).status
    const first = await ask(toRequest(dialect, 'S01'))
    expect([first.status, first.headers.get('retry-after')]).toEqual([429, '2'])
    expect(await status()).toBe(429)
    time = 1_799
    expect(await status()).toBe(429)
    time = 1_800
    expect(await status({ authorization: 'Bearer another' })).toBe(429)
    expect(await status()).toBe(200)
    expect(await status()).toBe(429)
    time += 60_000
    expect(await status()).toBe(429)
  })

  test(`${dialect}: s03 fails once, then answers`, async () => {
    const { ask } = createTimeless()
    const status = async (text: string) => (await ask(toRequest(dialect, 's03', { text }))).status
    expect([await status('a'), await status('b'), await status('a'), await status('b')]).toEqual([
      500, 500, 200, 200,
    ])
  })

  test(`${dialect}: s02, s04 and s12 refuse every time, also streams, in the dialect's own words`, async () => {
    const { ask } = createTimeless()
    for (const [model, status] of [
      ['s02', 429],
      ['s04', 503],
      ['s12', 400],
      ['s02', 429],
    ] as const) {
      const response = await ask(toRequest(dialect, model, { stream: true }))
      expect([response.status, response.headers.get('content-type')]).toEqual([status, 'application/json'])
      const body: unknown = await response.json()
      expect(typeof at(body, 'error', 'message')).toBe('string')
      if (dialect === 'gemini') expect(at(body, 'error', 'code')).toBe(status)
      if (dialect === 'anthropic') expect(at(body, 'type')).toBe('error')
      if (dialect.startsWith('openai')) expect(at(body, 'error')).toHaveProperty('code')
    }
  })

  test(`${dialect}: s05 is a connection reset before any header`, async () => {
    const { ask } = createTimeless()
    expect(ask(toRequest(dialect, 's05'))).rejects.toMatchObject({ code: 'ECONNRESET' })
  })

  test(`${dialect}: s06 says nothing until the caller leaves`, async () => {
    const { ask } = createTimeless()
    const leaving = new AbortController()
    const answer = ask(toRequest(dialect, 's06', { signal: leaving.signal }))
    leaving.abort(new Error('gone'))
    expect(answer).rejects.toThrow()
    expect(ask(toRequest(dialect, 's06', { signal: AbortSignal.abort() }))).rejects.toThrow()
  })

  test(`${dialect}: s07 waits 20 seconds before its first byte`, async () => {
    for (const stream of [true, false]) {
      const { ask, pauses } = createTimeless()
      const reader = (await ask(toRequest(dialect, 's07', { stream }))).body?.getReader()
      await reader?.read()
      expect(pauses).toEqual([20_000])
    }
  })

  test(`${dialect}: s08 is cut after 40 tokens, without an end mark`, async () => {
    const { ask } = createTimeless()
    const { text, code } = await drain(await ask(toRequest(dialect, 's08', { stream: true })))
    expect(code).toBe('ECONNRESET')
    const tokens = toEvents(text).filter(({ data }) =>
      /"text_delta"|output_text\.delta|"content":"[^"]|"parts"/.test(data),
    )
    expect(tokens).toHaveLength(40)
  })

  test(`${dialect}: s08 with a number is cut after that many events, at each of them`, async () => {
    const { ask } = createTimeless()
    const plain = toEvents(await (await ask(toRequest(dialect, 'fast', { stream: true }))).text()).length
    for (let events = 0; events <= plain + 1; events += stride) {
      const { text, code } = await drain(await ask(toRequest(dialect, `s08-${events}`, { stream: true })))
      const seen = toEvents(text).length
      expect(code === null ? Math.min(seen, events) : events).toBe(seen)
    }
  })

  test(`${dialect}: s08 cuts an answer that is shorter than 40 tokens before its end`, async () => {
    const { ask } = createTimeless()
    const extra =
      dialect === 'gemini'
        ? { generationConfig: { maxOutputTokens: 3 } }
        : { max_tokens: 3, max_output_tokens: 3 }
    expect((await drain(await ask(toRequest(dialect, 's08', { stream: true, extra })))).code).toBe(
      'ECONNRESET',
    )
    expect((await drain(await ask(toRequest(dialect, 's08', { extra })))).code).toBe('ECONNRESET')
  })

  test(`${dialect}: s09 stalls for 30 seconds and then goes on`, async () => {
    const { ask, pauses } = createTimeless()
    // With a seed of its own the question has the same answer from both models.
    const asked = { stream: true, extra: { seed: 1, generationConfig: { seed: 1 } } }
    const stalled = await drain(await ask(toRequest(dialect, 's09-3', asked)))
    expect(stalled.code).toBeNull()
    expect(pauses.filter((ms) => ms === 30_000)).toHaveLength(1)
    const fine = await drain(await ask(toRequest(dialect, 'fast', asked)))
    expect(toEvents(stalled.text)).toHaveLength(toEvents(fine.text).length)
    const whole = await drain(await ask(toRequest(dialect, 's09')))
    expect(wholeSaid[dialect](JSON.parse(whole.text)).text).toContain('demo provider')
    expect(pauses.filter((ms) => ms === 30_000)).toHaveLength(2)
  })

  test(`${dialect}: s10 has exactly one event that is not JSON`, async () => {
    const { ask } = createTimeless()
    const isJson = (data: string) => {
      try {
        return JSON.parse(data) !== undefined
      } catch (error) {
        return !(error instanceof SyntaxError) || data === '[DONE]'
      }
    }
    for (const model of ['s10', 's10-0', 's10-4']) {
      const events = toEvents((await drain(await ask(toRequest(dialect, model, { stream: true })))).text)
      expect(events.filter(({ data }) => !isJson(data))).toHaveLength(1)
    }
    expect(isJson((await drain(await ask(toRequest(dialect, 's10')))).text)).toBe(false)
  })

  test(`${dialect}: s11 ends cleanly but without its end mark`, async () => {
    const { ask } = createTimeless()
    const { text, code } = await drain(await ask(toRequest(dialect, 's11', { stream: true })))
    expect(code).toBeNull()
    expect(text).not.toMatch(/\[DONE\]|response\.completed|message_stop|finishReason/)
    expect(toEvents(text).length).toBeGreaterThan(40)
    expect(isSse ? text.endsWith('\n\n') : text.endsWith('\r\n\r\n')).toBe(true)
  })

  test(`${dialect}: s13 ends with the filter's reason`, async () => {
    const { ask } = createTimeless()
    const { finish } = wholeSaid[dialect](await (await ask(toRequest(dialect, 's13'))).json())
    expect(['content_filter', 'refusal', 'SAFETY']).toContain(String([finish].flat()[0]))
  })

  test(`${dialect}: s14 refuses a prefilled answer and answers all else`, async () => {
    const { ask } = createTimeless()
    const turns = [
      { role: 'user', content: 'a', parts: [{ text: 'a' }] },
      { role: dialect === 'gemini' ? 'model' : 'assistant', content: 'b', parts: [{ text: 'b' }] },
    ]
    const extra = { messages: turns, input: turns, contents: turns }
    expect((await ask(toRequest(dialect, 's14', { extra }))).status).toBe(400)
    expect((await ask(toRequest(dialect, 's14'))).status).toBe(200)
  })

  test(`${dialect}: s15 is down and up in turn`, async () => {
    let time = 0
    const { ask } = createTimeless({ now: () => time })
    const statuses: number[] = []
    for (time = 0; time < 20_000; time += 2_500) statuses.push((await ask(toRequest(dialect, 's15'))).status)
    expect(statuses).toEqual([503, 503, 200, 200, 503, 503, 200, 200])
    time = 1_000
    expect((await ask(toRequest(dialect, 's15-1'))).status).toBe(200)
  })

  test(`${dialect}: s16 answers in another model's name`, async () => {
    const { ask } = createTimeless()
    for (const stream of [true, false]) {
      const text = await (await ask(toRequest(dialect, 's16', { stream }))).text()
      expect(text).toContain('"demo-substitute"')
      expect(text).not.toContain('"s16"')
    }
  })
}
