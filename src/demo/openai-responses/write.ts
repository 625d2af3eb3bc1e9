import { itemFrames, type ItemEvent } from './events.ts'
import { toItems } from './items.ts'
import { valueAt } from '../json.ts'
import { idOf } from '../random.ts'
import type { Data, Frame } from '../frame.ts'
import type { Turn } from '../turn.ts'

/** Responses: the whole answer, and the events that add up to it; the last event carries it once more. */
export function whole(turn: Turn): Data {
  const [answer] = turn.answers
  const reason = incomplete[answer.finish]
  return {
    ...envelope(turn),
    status: reason === undefined ? 'completed' : 'incomplete',
    completed_at: Math.floor(turn.createdMs / 1000),
    incomplete_details: reason === undefined ? null : { reason },
    output: toItems(turn).map((item) => item.whole),
    usage: usage(turn),
  }
}

export function* frames(turn: Turn): Iterable<Frame> {
  let sequence = 0
  const frame = ({ kind, type, data }: ItemEvent): Frame => ({
    kind,
    event: type,
    data: { type, ...data, sequence_number: sequence++ },
  })
  const started = { ...envelope(turn), status: 'in_progress', completed_at: null, incomplete_details: null }
  const response = { ...started, output: [], usage: null }
  yield frame({ kind: 'open', type: 'response.created', data: { response } })
  yield frame({ kind: 'open', type: 'response.in_progress', data: { response } })
  for (const [index, item] of toItems(turn).entries()) {
    for (const event of itemFrames(item, index, turn.seed)) yield frame(event)
  }
  const ending = incomplete[turn.answers[0].finish] === undefined ? 'completed' : 'incomplete'
  yield frame({ kind: 'end', type: `response.${ending}`, data: { response: whole(turn) } })
}

/** What the request did not say is told as the default that was used. */
function envelope({ body, seed, createdMs, model }: Turn) {
  const said = (key: string, otherwise: Data): Data => valueAt(body, key) ?? otherwise
  return {
    id: `resp_${idOf(seed, 'response', 50, 16)}`,
    object: 'response',
    created_at: Math.floor(createdMs / 1000),
    background: false,
    error: null,
    instructions: said('instructions', null),
    max_output_tokens: said('max_output_tokens', null),
    max_tool_calls: said('max_tool_calls', null),
    model,
    parallel_tool_calls: said('parallel_tool_calls', true),
    previous_response_id: said('previous_response_id', null),
    prompt_cache_key: said('prompt_cache_key', null),
    reasoning: { effort: null, summary: null, ...objectOf(valueAt(body, 'reasoning')) },
    safety_identifier: said('safety_identifier', null),
    service_tier: 'default',
    store: said('store', true),
    temperature: said('temperature', 1),
    text: { format: { type: 'text' }, verbosity: 'medium', ...objectOf(valueAt(body, 'text')) },
    tool_choice: said('tool_choice', 'auto'),
    tools: said('tools', []),
    top_logprobs: 0,
    top_p: said('top_p', 1),
    truncation: said('truncation', 'disabled'),
    user: said('user', null),
    metadata: said('metadata', {}),
  }
}

function objectOf(value: Data | undefined): object {
  return typeof value === 'object' && value !== null ? value : {}
}

function usage({ usage }: Turn) {
  return {
    input_tokens: usage.input,
    input_tokens_details: { cached_tokens: usage.cached },
    output_tokens: usage.output,
    output_tokens_details: { reasoning_tokens: usage.thinking },
    total_tokens: usage.input + usage.output,
  }
}

const incomplete: { readonly [finish: string]: string | undefined } = {
  length: 'max_output_tokens',
  filter: 'content_filter',
}
