import { isObject, readJson, textAt } from '../../../conversation/json.ts'
import type { Bytes } from '../../../wire/body.ts'
import type { Ocr } from '../schema.ts'
import { createCaller } from './caller.ts'
import { run } from './command.ts'
import { fail } from './failure.ts'
import type { Made, Means } from './means.ts'
import { post } from './post.ts'

/**
 * The text of images that are in the message itself. An address is never fetched: whoever writes messages would have
 * Weir call whom they like.
 */
export function createOcr(settings: Ocr, means: Means): Made {
  const { fetch } = means
  const caller = createCaller(settings, means)
  const { command, url } = settings
  const read = async ({ bytes, type }: Image, signal: AbortSignal): Promise<string> => {
    if (url !== undefined) {
      const answer = await post({ ...settings, url }, fetch, { type: `image/${type}`, body: bytes }, signal)
      return /\bjson\b/.test(answer.type) ? textIn(answer.text) : answer.text
    }
    const output = await run(
      { ...settings, command: command ?? [] },
      { bytes, file: `image.${type}`, values: {} },
      signal,
    )
    if (output.code !== 0) fail('text', `it ended with code ${output.code}`)
    return new TextDecoder().decode(output.bytes)
  }
  return {
    kind: 'remote',
    kinds: [],
    mostTexts: settings.maxTexts,
    detect: async (texts, _options, signal) => {
      const images = texts.map((text) => imageOf(text, settings))
      return caller.each(
        images,
        async (image, own) => ({
          findings: [],
          value: image === null ? '' : inOneLine(await read(image, own)),
        }),
        signal,
      )
    },
  }
}

type Image = { readonly bytes: Bytes; readonly type: string }

/** How each begins. The name alone proves nothing, and the program is told what to expect by it. */
const beginnings: readonly (readonly [string, readonly number[]])[] = [
  ['png', [0x89, 0x50, 0x4e, 0x47]],
  ['jpeg', [0xff, 0xd8, 0xff]],
  ['gif', [0x47, 0x49, 0x46, 0x38]],
  ['webp', [0x52, 0x49, 0x46, 0x46]],
]

function imageOf(text: string, { maxImageBytes, otherImages }: Ocr): Image | null {
  const head = /^data:image\/[a-z]+;base64,/i.exec(text)?.[0]
  if (head === undefined) {
    if (otherImages === 'ignore') return null
    return fail('text', 'an image is not in the message itself')
  }
  if ((text.length - head.length) * 0.75 > maxImageBytes + 2)
    return fail('text', `an image is larger than ${maxImageBytes} bytes`)
  const bytes = decode(text.slice(head.length))
  if (bytes.length > maxImageBytes) return fail('text', `an image is larger than ${maxImageBytes} bytes`)
  const type = beginnings.find(([, beginning]) => beginning.every((byte, at) => bytes[at] === byte))?.[0]
  return type === undefined ? fail('text', 'an image is neither PNG, JPEG, GIF nor WebP') : { bytes, type }
}

function decode(base64: string): Bytes {
  try {
    return Uint8Array.fromBase64(base64)
  } catch (error) {
    if (error instanceof SyntaxError) return fail('text', 'an image is not in base64')
    throw error
  }
}

function textIn(json: string): string {
  const answer = readJson(json)
  if (isObject(answer) && answer['text'] === '') return ''
  return textAt(isObject(answer) ? answer : undefined, 'text') ?? fail('service', 'its answer has no text')
}

/** As upstream does it: what is divided by lines in an image is found as if it were not. */
function inOneLine(text: string): string {
  return text
    .split(/\s*\n\s*/)
    .filter((line) => line !== '')
    .join(' ')
    .trim()
}
