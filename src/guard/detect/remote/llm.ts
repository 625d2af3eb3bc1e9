import { isObject, objectAt, objectsAt, textAt, type JsonObject } from '../../../conversation/json.ts'
import type { Detection } from '../../detector.ts'
import type { Llm } from '../schema.ts'
import { createCaller } from './caller.ts'
import { fail } from './failure.ts'
import type { Made, Means } from './means.ts'
import { numberOf, textOf } from './options.ts'

/** A model that Weir itself reaches, asked by a rule. What it may cost is for the configuration to say, not the rule. */
export function createLlm(settings: Llm, means: Means): Made {
  const { ask } = means
  const caller = createCaller(settings, means)
  const { maxResponseBytes } = settings
  return {
    kind: 'remote',
    kinds: [],
    mostTexts: settings.maxTexts,
    detect: async (prompts, options, signal) =>
      caller.each(
        prompts,
        async (prompt, own): Promise<Detection> => {
          const body = requestOf(prompt, options, settings)
          const answer = await ask({ path: '/v1/chat/completions', body, maxResponseBytes }, own)
          return { findings: [], value: contentOf(answer) }
        },
        signal,
      ),
  }
}

function requestOf(prompt: string, options: JsonObject, settings: Llm): unknown {
  const { target, models, maxTokens, tokensField, maxCharacters } = settings
  const system = textOf(options, 'system_prompt') ?? ''
  if (prompt.length + system.length > maxCharacters)
    return fail('text', `a prompt is longer than ${maxCharacters} characters`)
  const model = textOf(options, 'model')
  const tokens = Math.max(1, Math.min(maxTokens, Math.trunc(numberOf(options, 'max_tokens') ?? maxTokens)))
  const temperature =
    settings.temperature === false ? undefined : (numberOf(options, 'temperature') ?? settings.temperature)
  const messages = [
    ...(system === '' ? [] : [{ role: 'system', content: system.toWellFormed() }]),
    { role: 'user', content: prompt.toWellFormed() },
  ]
  return {
    model: model !== undefined && models.includes(model) ? model : target,
    messages,
    [tokensField]: tokens,
    ...(temperature === undefined ? {} : { temperature }),
    stream: false,
  }
}

/** A refusal, or an answer that is used up by thinking, is no answer: read as one it would say "no". */
function contentOf(answer: unknown): string {
  const [choice] = isObject(answer) ? objectsAt(answer, 'choices') : []
  return textAt(objectAt(choice, 'message'), 'content') ?? fail('text', 'the model answered with no text')
}
