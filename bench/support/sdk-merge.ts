import Anthropic from '@anthropic-ai/sdk'
import { GoogleGenAI } from '@google/genai'
import OpenAI from 'openai'
import type { DialectName } from '../../src/dialect/dialect.ts'

/**
 * The answer that a provider's own SDK puts together from its stream, as its users get it. Google's has no accumulator:
 * its chunks are read, and their texts joined, which is less than a merge does.
 */
export const sdkMerge: Readonly<Record<DialectName, (bytes: Uint8Array) => Promise<unknown>>> = {
  'openai-chat': (bytes) =>
    openAi(bytes).chat.completions.stream({ model: 'm', messages: [] }).finalChatCompletion(),
  'openai-responses': (bytes) => openAi(bytes).responses.stream({ model: 'm', input: 'x' }).finalResponse(),
  anthropic: (bytes) =>
    new Anthropic({ apiKey: 'x', maxRetries: 0, fetch: answerWith(bytes) }).messages
      .stream({ model: 'm', max_tokens: 9, messages: [] })
      .finalMessage(),
  gemini: async (bytes) => {
    const { fetch } = globalThis
    globalThis.fetch = Object.assign(answerWith(bytes), { preconnect: fetch.preconnect })
    try {
      const { models } = new GoogleGenAI({ apiKey: 'x' })
      let text = ''
      for await (const chunk of await models.generateContentStream({ model: 'm', contents: 'x' }))
        text += chunk.text
      return text
    } finally {
      globalThis.fetch = fetch
    }
  },
}

function openAi(bytes: Uint8Array): OpenAI {
  return new OpenAI({ apiKey: 'x', maxRetries: 0, fetch: answerWith(bytes) })
}

/** As a socket gives it: 64 KiB at a time. */
export const readBytes = 64 * 1024

function answerWith(bytes: Uint8Array): () => Promise<Response> {
  return async () => {
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        for (let at = 0; at < bytes.length; at += readBytes)
          controller.enqueue(bytes.subarray(at, at + readBytes))
        controller.close()
      },
    })
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
  }
}
