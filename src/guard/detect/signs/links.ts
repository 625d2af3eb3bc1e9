import type { Sign } from './sign.ts'

/**
 * Images that carry something out: a client that shows one fetches its address, and with it whatever the address
 * holds. Told are those of other hosts whose query or path holds a place to fill, or a value too long to be a name.
 */
const markdown = /!\[[^\]\n]{0,200}\]\(\s{0,4}<?(https?:\/\/[^\s)>]{1,2000})/iy
const html = /<img\s[^>]{0,300}?src\s{0,2}=\s{0,2}["']?(https?:\/\/[^\s"'>]{1,2000})/iy
const carries = /[?&#][^=&]{0,60}=[^&]{24,}|[{<[][\w .-]{1,60}[}>\]]|%7b|\/[A-Za-z0-9+_=-]{48,}(?:$|[/?#.])/i

export function carryingImages(text: string): Sign[] {
  return [...imagesAt(text, '![', markdown), ...imagesAt(text, '<img', html)]
}

function imagesAt(text: string, start: string, pattern: RegExp): Sign[] {
  const found: Sign[] = []
  for (let at = text.indexOf(start); at !== -1; at = text.indexOf(start, at + 1)) {
    pattern.lastIndex = at
    const url = pattern.exec(text)?.[1]
    if (url === undefined) continue
    const end = pattern.lastIndex
    if (carries.test(url)) found.push({ kind: 'carrying-image', start: at, end })
    at = end - 1
  }
  return found
}
