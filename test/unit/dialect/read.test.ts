import { expect, test } from 'bun:test'
import type { Message } from '../../../src/conversation/conversation.ts'
import { dialects } from '../../../src/dialect/index.ts'
import { bodies } from '../../support/bodies/index.ts'

/** What each dialect's requests say, in short. */

function linesOf(messages: readonly Message[]): string[] {
  return messages.map(({ role, at, isPlain, parts }) => {
    const told = parts.map((part) => {
      switch (part.kind) {
        case 'text':
        case 'refusal':
          return `${part.kind} ${part.text}`
        case 'thinking':
          return `thinking ${part.text}/${part.signature}`
        case 'call':
          return `call ${part.id} ${part.name} ${part.argumentsText}${part.isFreeform ? ' freeform' : ''}${part.isServers ? " server's" : ''}`
        case 'result':
          return `result ${part.callId}${part.isError ? ' error' : ''}${part.isServers ? " server's" : ''} ${part.parts.map(({ kind }) => kind)}`
        case 'other':
          return `other ${part.type}`
        default:
          return `${part.kind} ${part.media.kind} ${part.media.mediaType}`
      }
    })
    return `${role} ${at}${isPlain ? ' plain' : ''}: ${told.join(', ')}`
  })
}

test('openai-chat: a history is told in the order the model reads it', () => {
  const [body, ...others] = bodies['openai-chat']
  expect(linesOf(dialects['openai-chat'].readRequest(body).messages)).toEqual([
    'system /messages/0 plain: text Be brief.',
    'system /messages/1: text Be kind.',
    'user /messages/2: text What is this?, image data image/png, image url null, ' +
      'image data image/svg+xml;charset=utf-8, image url null, image url null, document data application/pdf, ' +
      'audio data audio/wav, document data application/pdf, document file null, document data null, ' +
      'video url null, other hologram, other ',
    'assistant /messages/3: thinking I should look it up./null, call call_1 look { "at": "1.0" }, ' +
      'call call_2 patch *** Begin Patch freeform, call 7 count {"from":1}',
    'tool /messages/4 plain: result call_1 text',
    'tool /messages/5: result call_2 text,image',
    'assistant /messages/6 plain: text A cat, call null old {"a":1}',
    'tool /messages/7 plain: result null text',
    'assistant /messages/8: thinking Hm./null, thinking Ah./null, text It is, refusal No more.',
    'assistant /messages/9 plain: thinking Think/c2lnbmVk, thinking Thought/null, thinking /c2VhbGVk, ' +
      'other reasoning.dreams, text Sure',
    'assistant /messages/10 plain: thinking Think again/cHJvb2Y=, thinking /aGlkZGVu, text Indeed, ' +
      'image data image/png',
    'assistant /messages/11: audio file null',
    'assistant /messages/12: refusal I cannot.',
    'user /messages/13 plain: text Hmm',
    'user /messages/14 plain: text Who says this?',
    'user /messages/15: other ',
    'user /messages/16: other ',
  ])
  expect(others.map((other) => linesOf(dialects['openai-chat'].readRequest(other).messages))).toEqual([
    ['user /prompt plain: text Once upon'],
    ['user /prompt/0 plain: text Once', 'user /prompt/1 plain: text Twice', 'user /prompt/2: other '],
    ['user /prompt: other '],
    ['user /input/0 plain: text a', 'user /input/1 plain: text b'],
    ['user /input plain: text a'],
  ])
})

test('openai-responses: what the model said in a row is one message', () => {
  const [body, ...others] = bodies['openai-responses']
  expect(linesOf(dialects['openai-responses'].readRequest(body).messages)).toEqual([
    'system /instructions plain: text Be brief.',
    'system /input/0 plain: text Be kind.',
    'user /input/1: text What is this?, image data image/png, image file null, image url null, ' +
      'document data application/pdf, document file null, document url null, audio data audio/mp3, ' +
      'other input_scent',
    'assistant /input/2: thinking First/null, thinking Second/c2VhbGVk, text I look, ' +
      'refusal but no further, call call_1 look { "at": 1 }, call call_2 patch *** Begin Patch freeform',
    'tool /input/6: result call_1 text',
    'tool /input/7: result call_2 text,image',
    'assistant /input/8: thinking /aGlkZGVu, thinking Open thoughts/null, ' +
      'call ws_1 web_search {"type":"search","query":"cats"} server\'s, ' +
      'call fs_1 file_search ["cats"] server\'s, result fs_1 server\'s other, ' +
      "call ci_1 code_interpreter print(1) freeform server's, result ci_1 server's other,other, " +
      "call ig_1 image_generation {} server's, result ig_1 server's image, " +
      "call mcp_1 ask {} server's, result mcp_1 server's text, " +
      "call mcp_2 ask  server's, result mcp_2 error server's other, " +
      'other mcp_list_tools, other mcp_approval_request',
    'user /input/18: other mcp_approval_response',
    'assistant /input/19: call call_3 computer {"type":"click","x":1,"y":2}',
    'tool /input/20: result call_3 image',
    'assistant /input/21: call call_4 local_shell {"type":"exec","command":["ls"]}',
    'tool /input/22: result call_4 text',
    'assistant /input/23: call call_5 shell {"commands":["ls"]}',
    'tool /input/24: result call_5 other',
    'assistant /input/25: call call_6 apply_patch {"type":"delete_file","path":"a.ts"}',
    'tool /input/26: result call_6 error text',
    "assistant /input/27: call call_7 program await f() freeform server's, result call_7 server's text, " +
      'call call_8 tool_search {"query":"x"} server\'s, result call_8 server\'s , ' +
      'other item_reference, other , other compaction, text Bare',
    'user /input/35: other ',
  ])
  expect(others.map((other) => linesOf(dialects['openai-responses'].readRequest(other).messages))).toEqual([
    ['user /input plain: text Hello'],
    [],
    ['tool /input/0: result call_9 text'],
  ])
})

test('openai-responses: what is said of an item is kept by where it stands', () => {
  const { messages, settings } = dialects['openai-responses'].readRequest(bodies['openai-responses'][0])
  expect(messages[3]?.extra).toEqual({
    '/input/2': { id: 'rs_1' },
    '/input/3': { id: 'msg_2', phase: 'commentary' },
  })
  expect(messages[2]?.extra).toEqual({ id: 'msg_1', status: 'completed' })
  expect(settings).toMatchObject({ previous_response_id: 'resp_0', conversation: { id: 'conv_1' } })
})

test('anthropic: blocks are parts, and what Anthropic ran itself is told apart', () => {
  const [body, ...others] = bodies.anthropic
  expect(linesOf(dialects.anthropic.readRequest(body).messages)).toEqual([
    'system /system: text Be brief., text Be kind.',
    'user /messages/0 plain: text Hello',
    'assistant /messages/1 plain: text Hi',
    'user /messages/2: text What is this?, image data image/png, image url null, image file null, ' +
      'document data application/pdf, document parts text/plain, document url null, document parts null, ' +
      'document parts null, document parts null, other container_upload',
    'assistant /messages/3: thinking Let me look/c2ln, thinking /b25seQ==, thinking /aGlkZGVu, text I look, ' +
      'call toolu_1 look {"at":1.5,"deep":{"b":[1,"x"]}}, call toolu_2 rest {}',
    'user /messages/4: result toolu_1 text, result toolu_2 error text,image,document,other, result toolu_3 , ' +
      'text Go on',
    'assistant /messages/5: call srvtoolu_1 web_search {"query":"cats"} server\'s, ' +
      "result srvtoolu_1 server's other, " +
      'call srvtoolu_2 code_execution {"code":"1"} server\'s, result srvtoolu_2 server\'s other, ' +
      'call srvtoolu_3 web_fetch {"url":"https://x.example"} server\'s, ' +
      "result srvtoolu_3 error server's other, " +
      'call mcptoolu_1 ask {"q":1} server\'s, result mcptoolu_1 server\'s text, other compaction',
    'system /messages/6 plain: text A late word',
    'user /messages/7: text Hmm, other , other ',
    'user /messages/8: other ',
  ])
  expect(others.map((other) => linesOf(dialects.anthropic.readRequest(other).messages))).toEqual([
    ['system /system plain: text Be brief.', 'user /messages/0 plain: text Count me'],
    ['user /prompt plain: text \n\nHuman: Hello\n\nAssistant:'],
  ])
})

test('gemini: parts are known by their fields, in either spelling', () => {
  const [body, snake, ...others] = bodies.gemini
  expect(linesOf(dialects.gemini.readRequest(body).messages)).toEqual([
    'system /systemInstruction: text Be brief., text Be kind.',
    'user /contents/0: text What is this?, image data image/png, audio data audio/wav, ' +
      'document data application/pdf, video data video/mp4, image url image/jpeg, document url null, other ',
    'assistant /contents/1: thinking Let me look/c2ln, text I look, call fc_1 look {"at":1}, call null rest {}',
    'user /contents/2: result fc_1 text, result null error text, result null other, result null text,image',
    "assistant /contents/3: text It, text  is a cat, call null code_execution print(1) freeform server's, " +
      "result null server's text, result null error server's , " +
      'call tc_1 GOOGLE_SEARCH_WEB {"queries":["cats"]} server\'s, result tc_1 server\'s other',
    'tool /contents/6: result null other',
    'user /contents/7: text Alone',
    'user /contents/8: other , other , other ',
    'user /contents/9 plain: text no content',
  ])
  expect(linesOf(dialects.gemini.readRequest(snake).messages)).toEqual([
    'system /system_instruction: text Be brief.',
    'user /contents: text Look, image data image/png, video url video/mp4, call null look {}, ' +
      "result null text, thinking Hm/cHJvb2Y=, call null code_execution 1 freeform server's, " +
      "result null server's text",
  ])
  expect(others.map((other) => linesOf(dialects.gemini.readRequest(other).messages))).toEqual([
    ['system /systemInstruction plain: text Be brief.', 'user /contents plain: text Hello'],
    ['user /generateContentRequest/contents/0: text Count me'],
    ['user /content: text Embed me'],
    ['user /requests/0/content: text Embed me too'],
  ])
})

test('tools are told by name, with the fields of each dialect beside', () => {
  const told = (name: keyof typeof bodies) =>
    dialects[name]
      .readRequest(bodies[name][0])
      .tools.map((tool) => `${tool.at} ${tool.name}${tool.parameters === null ? '' : ' with parameters'}`)
  expect(told('openai-chat')).toEqual([
    '/tools/0 look with parameters',
    '/tools/1 patch',
    '/tools/2 web_search',
    '/functions/0 old with parameters',
  ])
  expect(told('openai-responses')).toEqual([
    '/tools/0 look with parameters',
    '/tools/1 patch',
    '/tools/2 web_search',
    '/tools/3 mcp',
  ])
  expect(told('anthropic')).toEqual(['/tools/0 look with parameters', '/tools/1 web_search', '/tools/2 bash'])
  expect(told('gemini')).toEqual([
    '/tools/0/functionDeclarations/0 look with parameters',
    '/tools/0/functionDeclarations/1 rest with parameters',
    '/tools/0/codeExecution codeExecution',
    '/tools/1/googleSearch googleSearch',
  ])
})

test('a list with anything that is no tool stays a setting', () => {
  for (const name of ['openai-chat', 'openai-responses', 'anthropic', 'gemini'] as const) {
    const { tools, settings } = dialects[name].readRequest({ tools: [{ name: 'look' }, 7] })
    expect(tools).toEqual([])
    expect(settings).toEqual({ tools: [{ name: 'look' }, 7] })
  }
})
