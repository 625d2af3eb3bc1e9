import { dataOnly, withCrlf } from './told.ts'
import type { Fields, Told } from './told.ts'

/** Google's generateContent. Its streams have CRLF throughout. */

function chunk(parts: readonly Fields[], candidate: Fields = {}, top: Fields = {}): Fields {
  return { candidates: [{ content: { parts, role: 'model' }, ...candidate }], modelVersion: 'flash', ...top }
}

function stream(...chunks: readonly Fields[]): string {
  return withCrlf(dataOnly(...chunks))
}

function body(parts: readonly Fields[], candidate: Fields = {}, top: Fields = {}): Fields {
  return {
    candidates: [{ content: { role: 'model', parts }, finishReason: 'STOP', index: 0, ...candidate }],
    modelVersion: 'flash',
    ...top,
  }
}

const end = chunk([{ text: '' }], { finishReason: 'STOP' })

function call(functionCall: Fields, more: Fields = {}): Fields {
  return chunk([{ functionCall, ...more }])
}

function piece(jsonPath: string, value: Fields, willContinue = true): Fields {
  return call({ partialArgs: [{ jsonPath, ...value }], willContinue })
}

export const geminiStreams: readonly Told[] = [
  {
    name: 'G1, G2, G12: text is joined, whatever it says, and the last counts stand',
    text: stream(
      chunk([{ text: 'data: {"x": ' }], {}, { usageMetadata: { promptTokenCount: 4, totalTokenCount: 4 } }),
      chunk([{ text: '"🙂"}\r\n' }, { text: 'end' }]),
      chunk(
        [{ text: '' }],
        { finishReason: 'STOP' },
        {
          responseId: 'r',
          usageMetadata: {
            promptTokenCount: 4,
            toolUsePromptTokenCount: 3,
            cachedContentTokenCount: 2,
            candidatesTokenCount: 5,
            thoughtsTokenCount: 6,
            totalTokenCount: 18,
          },
        },
      ),
    ),
    reply: {
      ending: 'complete',
      model: 'flash',
      usage: { input: 7, cachedInput: 2, cacheWrite: null, output: 11, reasoning: 6 },
      unknownEvents: {},
      error: null,
      body: body(
        [{ text: 'data: {"x": "🙂"}\r\nend' }],
        {},
        {
          responseId: 'r',
          usageMetadata: {
            promptTokenCount: 4,
            toolUsePromptTokenCount: 3,
            cachedContentTokenCount: 2,
            candidatesTokenCount: 5,
            thoughtsTokenCount: 6,
            totalTokenCount: 18,
          },
        },
      ),
    },
  },
  {
    name: 'G4, G11: candidates stay apart, and all of them must finish',
    text: stream(
      {
        candidates: [
          { index: 1, content: { parts: [{ text: 'B' }] } },
          { content: { parts: [{ text: 'A' }] } },
        ],
      },
      { candidates: [{ index: 1, content: { parts: [{ text: '2' }] }, finishReason: 'MAX_TOKENS' }] },
    ),
    reply: {
      ending: 'cut',
      body: {
        candidates: [
          { content: { parts: [{ text: 'A' }] }, index: 0 },
          { content: { parts: [{ text: 'B2' }] }, finishReason: 'MAX_TOKENS', index: 1 },
        ],
      },
    },
  },
  {
    name: 'G5: thoughts are no text of the answer, and a signature is kept even on an empty part',
    text: stream(
      chunk([{ text: 'I ', thought: true }]),
      chunk([{ text: 'see', thought: true }, { text: 'Yes' }]),
      chunk([{ text: ', sir' }]),
      chunk([{ text: '', thoughtSignature: 'c2ln' }]),
      end,
    ),
    reply: {
      body: body([
        { text: 'I see', thought: true },
        { text: 'Yes, sir' },
        { text: '', thoughtSignature: 'c2ln' },
        { text: '' },
      ]),
    },
  },
  {
    name: 'G6: pictures, code, its result, grounding, citations, odds and feedback are kept',
    text: stream(
      chunk([{ inlineData: { mimeType: 'image/png', data: 'QQ' } }], {
        citationMetadata: { citationSources: [{ uri: 'a' }] },
        logprobsResult: { chosenCandidates: [{ token: 'x' }] },
        groundingMetadata: { webSearchQueries: ['q'] },
        safetyRatings: [{ category: 'C', probability: 'LOW' }],
      }),
      chunk(
        [{ executableCode: { language: 'PYTHON', code: '1' } }, { codeExecutionResult: { output: '1' } }],
        {
          citationMetadata: { citationSources: [{ uri: 'a' }, { uri: 'b' }] },
          logprobsResult: { chosenCandidates: [{ token: 'y' }] },
          groundingMetadata: { webSearchQueries: ['q', 'r'] },
        },
      ),
      chunk(
        [],
        { finishReason: 'STOP', groundingMetadata: {}, safetyRatings: null, finishMessage: 'done' },
        {
          promptFeedback: { safetyRatings: [] },
        },
      ),
    ),
    reply: {
      body: body(
        [
          { inlineData: { mimeType: 'image/png', data: 'QQ' } },
          { executableCode: { language: 'PYTHON', code: '1' } },
          { codeExecutionResult: { output: '1' } },
        ],
        {
          citationMetadata: { citationSources: [{ uri: 'a' }, { uri: 'b' }] },
          logprobsResult: { chosenCandidates: [{ token: 'x' }, { token: 'y' }] },
          groundingMetadata: { webSearchQueries: ['q', 'r'] },
          safetyRatings: [{ category: 'C', probability: 'LOW' }],
          finishMessage: 'done',
        },
        { promptFeedback: { safetyRatings: [] } },
      ),
    },
  },
  {
    name: 'G7: parallel calls stay apart, with their ids and signatures',
    text: stream(
      chunk([
        { functionCall: { name: 'f', args: { a: 1 } }, thoughtSignature: 's' },
        { functionCall: { id: 'i', name: 'f' } },
      ]),
      end,
    ),
    reply: {
      body: body([
        { functionCall: { name: 'f', args: { a: 1 } }, thoughtSignature: 's' },
        { functionCall: { id: 'i', name: 'f' } },
        { text: '' },
      ]),
    },
  },
  {
    name: 'arguments told one by one are put where their path leads',
    text: stream(
      call({ name: 'order', willContinue: true }, { thoughtSignature: 's' }),
      piece('$.items[0].name', { stringValue: 'app', willContinue: true }),
      piece('$.items[0].name', { stringValue: 'le', willContinue: true }),
      piece('$.items[0].name', { stringValue: '' }),
      piece('$.items[1].price', { numberValue: 0.5 }),
      piece("$['a key'].gone", { nullValue: 'NULL_VALUE' }),
      piece('$.ok', { boolValue: true }),
      call({}),
      call({ name: 'next' }),
      call({ name: 'last', willContinue: true }),
      piece('$.x', { stringValue: 'closed by its last piece' }, false),
      end,
    ),
    reply: {
      body: body([
        {
          functionCall: {
            name: 'order',
            args: { items: [{ name: 'apple' }, { price: 0.5 }], 'a key': { gone: null }, ok: true },
          },
          thoughtSignature: 's',
        },
        { functionCall: { name: 'next' } },
        { functionCall: { name: 'last', args: { x: 'closed by its last piece' } } },
        { text: '' },
      ]),
    },
  },
  {
    name: 'a call that was never closed says so, and what leads nowhere is kept as it came',
    text: stream(
      call({ name: 'f', willContinue: true }),
      piece('$.list[4000000000]', { stringValue: 'too far' }),
      piece('nowhere', { stringValue: 'no path' }),
      piece('$.__proto__.polluted', { boolValue: true }),
    ),
    reply: {
      ending: 'cut',
      body: {
        candidates: [
          {
            content: {
              role: 'model',
              parts: [
                {
                  functionCall: {
                    name: 'f',
                    args: JSON.parse('{"__proto__":{"polluted":true}}'),
                    partialArgs: [
                      { jsonPath: '$.list[4000000000]', stringValue: 'too far' },
                      { jsonPath: 'nowhere', stringValue: 'no path' },
                    ],
                    willContinue: true,
                  },
                },
              ],
            },
            index: 0,
          },
        ],
        modelVersion: 'flash',
      },
    },
  },
  {
    name: 'a blocked prompt is a whole answer without candidates',
    text: stream({ promptFeedback: { blockReason: 'SAFETY' }, usageMetadata: { promptTokenCount: 3 } }),
    reply: {
      ending: 'complete',
      body: { promptFeedback: { blockReason: 'SAFETY' }, usageMetadata: { promptTokenCount: 3 } },
      usage: { input: 3, cachedInput: null, cacheWrite: null, output: null, reasoning: null },
    },
  },
  {
    name: 'an error within the stream is told, and what came before it is kept',
    text: stream(chunk([{ text: 'Hel' }]), { error: { code: 503, status: 'UNAVAILABLE' } }),
    reply: {
      ending: 'error',
      error: { code: 503, status: 'UNAVAILABLE' },
      body: {
        candidates: [{ content: { role: 'model', parts: [{ text: 'Hel' }] }, index: 0 }],
        modelVersion: 'flash',
      },
    },
  },
  {
    name: 'a bare error behind the events is told too',
    text: `${stream(end)}${JSON.stringify({ error: { code: 499, status: 'CANCELLED' } }, null, 2)}\n`,
    reply: { ending: 'error', error: { code: 499, status: 'CANCELLED' }, body: body([{ text: '' }]) },
  },
  {
    name: 'candidates without content, content without parts, and fields of tomorrow are kept',
    text: stream(
      { candidates: [{ content: { role: 'model' }, mood: 'fine' }], createTime: 'now' },
      { candidates: [{ finishReason: 'OTHER' }], createTime: 'then', novelty: [1] },
    ),
    reply: {
      ending: 'complete',
      body: {
        candidates: [{ content: { role: 'model' }, mood: 'fine', finishReason: 'OTHER', index: 0 }],
        createTime: 'then',
        novelty: [1],
      },
    },
  },
]
