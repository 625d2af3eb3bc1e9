import { isObject, type JsonObject, put } from '../../conversation/json.ts'

/**
 * Pictures stand in messages as they came, within the text of their address. Shown, each is an address of its own by
 * the hash of what it says; a trace is never longer for what a reader does not look at.
 */
export type Image = { readonly type: string; readonly base64: string }

const inData = /^data:(image\/[a-z0-9.+-]{1,40});base64,/i
/** How Invariant's first clients told one: within the text of a content. */
const local = 'local_base64_img: '
const localLink = 'local_img_link: '

const endings: Readonly<Record<string, string>> = {
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/gif': 'gif',
  'image/webp': 'webp',
}

export function imageIn(text: string): Image | null {
  const [head, type = ''] = inData.exec(text.slice(0, 100)) ?? []
  if (head !== undefined) return { type: type.toLowerCase(), base64: text.slice(head.length) }
  return text.startsWith(local) ? { type: 'image/png', base64: text.slice(local.length).trim() } : null
}

export function nameOf({ type, base64 }: Image): string {
  const hash = new Bun.CryptoHasher('sha256').update(base64).digest('hex').slice(0, 32)
  return `${hash}.${endings[type] ?? 'bin'}`
}

/** Only what a browser draws and never runs says what it is. */
export function typeOf({ type }: Image): string {
  return endings[type] === undefined ? 'application/octet-stream' : type
}

/** The picture of this name among the messages. */
export function findImage(value: unknown, name: string): Image | null {
  if (typeof value === 'string') {
    const image = imageIn(value)
    return image !== null && nameOf(image) === name ? image : null
  }
  if (typeof value !== 'object' || value === null) return null
  for (const each of Object.values(value)) {
    const found = findImage(each, name)
    if (found !== null) return found
  }
  return null
}

/** Every text changed by a function, whatever is around it. */
export function mapTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value)
  if (Array.isArray(value)) return value.map((each: unknown) => mapTexts(each, change))
  if (!isObject(value)) return value
  const mapped: JsonObject = {}
  for (const [key, each] of Object.entries(value)) put(mapped, key, mapTexts(each, change))
  return mapped
}

/** For a reader: pictures by their addresses, and no text longer than this. */
export function shorten(text: string, folder: string, most: number): string {
  const image = imageIn(text)
  if (image !== null)
    return `${text.startsWith(local) ? localLink : ''}/api/v1/trace/image/${folder}/${nameOf(image)}`
  if (text.length <= most) return text
  const head = Math.ceil(most / 2)
  const tail = Math.floor(most / 2)
  const left = text.length - most
  return `${text.slice(0, head)}<...truncated ${left} characters...>${text.slice(text.length - tail)}`
}
