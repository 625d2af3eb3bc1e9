import { isObject, objectAt, readJson, textAt } from '../../../conversation/json.ts'
import type { Detection } from '../../detector.ts'
import type { Semgrep } from '../schema.ts'
import { createCaller } from './caller.ts'
import { run } from './command.ts'
import { fail } from './failure.ts'
import type { Made, Means } from './means.ts'
import { textOf } from './options.ts'
import { askJson } from './post.ts'

/** Issues in code, by semgrep or by a service that answers as it prints. */
export function createSemgrep(settings: Semgrep, means: Means): Made {
  const { fetch } = means
  const caller = createCaller(settings, means)
  const { command, url, languages, maxCharacters } = settings
  const look = async (code: string, language: string, signal: AbortSignal): Promise<unknown> => {
    if (url !== undefined) return askJson({ ...settings, url }, fetch, { code, language }, signal)
    const bytes = new TextEncoder().encode(code)
    const file = `code.${endings.get(language) ?? language}`
    const output = await run(
      { ...settings, command: command ?? [] },
      { bytes, file, values: { lang: language } },
      signal,
    )
    // With `--error` it ends with 1 where it found something.
    if (output.code > 1) fail('service', `it ended with code ${output.code}`)
    return readJson(new TextDecoder().decode(output.bytes))
  }
  return {
    kind: 'remote',
    kinds: [],
    mostTexts: settings.maxTexts,
    detect: async (texts, options, signal) => {
      const language = textOf(options, 'lang') ?? ''
      if (!languages.includes(language)) fail('text', 'its language is not one of those that are configured')
      if (texts.some((text) => text.length > maxCharacters))
        fail('text', `the code is longer than ${maxCharacters} characters`)
      return caller.each(texts, async (text, own) => toDetection(await look(text, language, own)), signal)
    },
  }
}

/** Semgrep goes by the end of a file's name. */
const endings = new Map([
  ['python', 'py'],
  ['bash', 'sh'],
  ['javascript', 'js'],
  ['typescript', 'ts'],
  ['ruby', 'rb'],
  ['rust', 'rs'],
])

function toDetection(answer: unknown): Detection {
  const list = isObject(answer) ? answer['results'] : answer
  if (!Array.isArray(list)) return fail('service', 'its answer is no list of results')
  return { findings: [], value: list.map(toIssue) }
}

function toIssue(entry: unknown): { description: string; severity: string } {
  const result = isObject(entry) ? entry : {}
  const from = objectAt(result, 'extra') ?? result
  const description = textAt(from, 'message') ?? textAt(from, 'description') ?? textAt(result, 'check_id')
  if (description === null) return fail('service', 'one of its results has no message')
  return { description, severity: (textAt(from, 'severity') ?? 'info').toLowerCase() }
}
