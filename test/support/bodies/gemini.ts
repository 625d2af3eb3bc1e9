/** Requests for generations with everything that is said in them, in both spellings of their fields. */
export const gemini: readonly unknown[] = [
  {
    systemInstruction: { role: 'system', parts: [{ text: 'Be brief.' }, { text: 'Be kind.' }] },
    contents: [
      {
        role: 'user',
        parts: [
          { text: 'What is this?' },
          { inlineData: { mimeType: 'image/png', data: 'iVBORw0K', displayName: 'cat' } },
          { inlineData: { mimeType: 'audio/wav', data: 'UklGRg==' } },
          { inlineData: { mimeType: 'application/pdf', data: 'JVBERi0=' } },
          { inlineData: { mimeType: 'video/mp4', data: 'AAAA' }, videoMetadata: { fps: 2 } },
          { fileData: { mimeType: 'image/jpeg', fileUri: 'gs://bucket/1.jpg' } },
          { fileData: { fileUri: 'https://films.example/watch' } },
          { hologram: { depth: 3 } },
        ],
      },
      {
        role: 'model',
        parts: [
          { text: 'Let me look', thought: true, thoughtSignature: 'c2ln' },
          { text: 'I look', thoughtSignature: 'b25UZXh0' },
          { functionCall: { id: 'fc_1', name: 'look', args: { at: 1 } }, thoughtSignature: 'b25DYWxs' },
          { functionCall: { name: 'rest' } },
        ],
      },
      {
        role: 'user',
        parts: [
          { functionResponse: { id: 'fc_1', name: 'look', response: { output: 'A cat.' } } },
          { functionResponse: { name: 'rest', response: { error: 'Too tired' } } },
          { functionResponse: { name: 'rest', response: { result: { minutes: 5 }, more: 'x' } } },
          {
            functionResponse: {
              name: 'draw',
              response: { result: 'Drawn' },
              parts: [{ inlineData: { mimeType: 'image/png', data: 'BBBB' } }],
            },
          },
        ],
      },
      { role: 'model', parts: [{ text: 'It' }] },
      {
        role: 'model',
        parts: [{ text: ' is a cat' }, { executableCode: { language: 'PYTHON', code: 'print(1)' } }],
      },
      {
        role: 'model',
        parts: [
          { codeExecutionResult: { outcome: 'OUTCOME_OK', output: '1' } },
          { codeExecutionResult: { outcome: 'OUTCOME_FAILED' } },
          { toolCall: { toolType: 'GOOGLE_SEARCH_WEB', id: 'tc_1', args: { queries: ['cats'] } } },
          { toolResponse: { toolType: 'GOOGLE_SEARCH_WEB', id: 'tc_1', response: { found: 3 } } },
        ],
      },
      { role: 'function', parts: [{ functionResponse: { name: 'look', response: {} } }] },
      { parts: { text: 'Alone' } },
      { role: 'user', parts: ['bare', null, 4] },
      'no content',
    ],
    tools: [
      {
        functionDeclarations: [
          { name: 'look', description: 'Looks', parameters: { type: 'OBJECT' }, behavior: 'BLOCKING' },
          { name: 'rest', parametersJsonSchema: { type: 'object' } },
        ],
        codeExecution: {},
      },
      { googleSearch: { excludeDomains: ['a.example'] } },
    ],
    toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['look'] } },
    generationConfig: { temperature: 0.5, thinkingConfig: { thinkingBudget: 7 } },
    safetySettings: [{ category: 'HARM', threshold: 'BLOCK_NONE' }],
  },
  {
    system_instruction: { parts: [{ text: 'Be brief.' }] },
    contents: {
      role: 'user',
      parts: [
        { text: 'Look' },
        { inline_data: { mime_type: 'image/png', data: 'iVBORw0K' } },
        { file_data: { mime_type: 'video/mp4', file_uri: 'gs://bucket/1.mp4' } },
        { function_call: { name: 'look', args: {} }, thought_signature: 'c2ln' },
        { function_response: { name: 'look', response: { content: 'Seen' } } },
        { text: 'Hm', thought: true, thought_signature: 'cHJvb2Y=' },
        { executable_code: { language: 'PYTHON', code: '1' } },
        { code_execution_result: { outcome: 'OUTCOME_OK', output: '1' } },
      ],
    },
    tools: [{ function_declarations: [{ name: 'look', parameters_json_schema: {} }] }],
    generation_config: { temperature: 1 },
  },
  { systemInstruction: 'Be brief.', contents: 'Hello' },
  {
    generateContentRequest: {
      model: 'models/twin-2',
      contents: [{ parts: [{ text: 'Count me' }] }],
      labels: { a: 'b' },
    },
  },
  { model: 'models/vector', content: { parts: [{ text: 'Embed me' }] }, taskType: 'CLUSTERING' },
  { requests: [{ model: 'models/vector', content: { parts: [{ text: 'Embed me too' }] } }] },
]
