/** Requests for messages with everything that is said in them. */
export const anthropic: readonly unknown[] = [
  {
    model: 'sage-4',
    max_tokens: 1000,
    system: [
      { type: 'text', text: 'Be brief.' },
      { type: 'text', text: 'Be kind.', cache_control: { type: 'ephemeral', ttl: '1h' } },
    ],
    messages: [
      { role: 'user', content: 'Hello' },
      { role: 'assistant', content: 'Hi' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What is this?', cache_control: { type: 'ephemeral' } },
          { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0K' } },
          { type: 'image', source: { type: 'url', url: 'https://a.example/1.png' } },
          { type: 'image', source: { type: 'file', file_id: 'file_1' } },
          {
            type: 'document',
            source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0=' },
            title: 'A',
            context: 'about a',
            citations: { enabled: true },
          },
          { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'Plain words' } },
          { type: 'document', source: { type: 'url', url: 'https://a.example/a.pdf' } },
          { type: 'document', source: { type: 'content', content: 'One text' } },
          {
            type: 'document',
            source: {
              type: 'content',
              content: [
                { type: 'text', text: 'Block one' },
                { type: 'image', source: { type: 'url', url: 'https://a.example/2.png' } },
              ],
            },
          },
          {
            type: 'search_result',
            source: 'https://wiki.example',
            title: 'Wiki',
            content: [{ type: 'text', text: 'Found' }],
            citations: { enabled: true },
          },
          { type: 'container_upload', file_id: 'file_2' },
        ],
      },
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'Let me look', signature: 'c2ln' },
          { type: 'thinking', thinking: '', signature: 'b25seQ==' },
          { type: 'redacted_thinking', data: 'aGlkZGVu' },
          {
            type: 'text',
            text: 'I look',
            citations: [
              { type: 'char_location', cited_text: 'Plain', document_index: 1, start_char_index: 4 },
            ],
          },
          { type: 'tool_use', id: 'toolu_1', name: 'look', input: { at: 1.5, deep: { b: [1, 'x'] } } },
          { type: 'tool_use', id: 'toolu_2', name: 'rest', input: {} },
        ],
      },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'toolu_1', content: 'A cat.' },
          {
            type: 'tool_result',
            tool_use_id: 'toolu_2',
            is_error: true,
            content: [
              { type: 'text', text: 'Failed' },
              { type: 'image', source: { type: 'base64', media_type: 'image/jpeg', data: '/9j/' } },
              { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'Log' } },
              { type: 'tool_reference', tool_name: 'look' },
            ],
            cache_control: { type: 'ephemeral' },
          },
          { type: 'tool_result', tool_use_id: 'toolu_3' },
          { type: 'text', text: 'Go on' },
        ],
      },
      {
        role: 'assistant',
        content: [
          { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: { query: 'cats' } },
          {
            type: 'web_search_tool_result',
            tool_use_id: 'srvtoolu_1',
            content: [
              {
                type: 'web_search_result',
                url: 'https://cats.example',
                title: 'Cats',
                encrypted_content: 'RW5j',
              },
            ],
          },
          { type: 'server_tool_use', id: 'srvtoolu_2', name: 'code_execution', input: { code: '1' } },
          {
            type: 'code_execution_tool_result',
            tool_use_id: 'srvtoolu_2',
            content: { type: 'code_execution_result', stdout: '1', stderr: '', return_code: 0 },
          },
          {
            type: 'server_tool_use',
            id: 'srvtoolu_3',
            name: 'web_fetch',
            input: { url: 'https://x.example' },
          },
          {
            type: 'web_fetch_tool_result',
            tool_use_id: 'srvtoolu_3',
            content: { type: 'web_fetch_tool_result_error', error_code: 'unavailable' },
          },
          { type: 'mcp_tool_use', id: 'mcptoolu_1', name: 'ask', server_name: 'deep', input: { q: 1 } },
          {
            type: 'mcp_tool_result',
            tool_use_id: 'mcptoolu_1',
            is_error: false,
            content: [{ type: 'text', text: 'Answer' }],
          },
          { type: 'compaction', content: 'So far' },
        ],
      },
      { role: 'system', content: 'A late word' },
      { role: 'critic', content: [{ type: 'text', text: 'Hmm' }, 'bare', 7] },
      'no message',
    ],
    tools: [
      {
        name: 'look',
        description: 'Looks',
        input_schema: { type: 'object', properties: { at: { type: 'number' } } },
        cache_control: { type: 'ephemeral' },
      },
      { type: 'web_search_20250305', name: 'web_search', max_uses: 3 },
      { type: 'bash_20250124', name: 'bash' },
    ],
    thinking: { type: 'enabled', budget_tokens: 2000 },
    metadata: { user_id: 'user_1_session_2' },
    mcp_servers: [{ type: 'url', url: 'https://mcp.example', name: 'deep' }],
    stop_sequences: ['END'],
  },
  { model: 'sage-4', system: 'Be brief.', messages: [{ role: 'user', content: 'Count me' }] },
  { model: 'sage-1', prompt: '\n\nHuman: Hello\n\nAssistant:', max_tokens_to_sample: 10 },
]
