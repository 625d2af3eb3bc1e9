import { textsOf } from '../value/content.ts'
import { list, textOf, type Value } from '../value/value.ts'
import { define, result, resultSort } from './define.ts'

/** `html_code(x)`: what a page says without showing it, the texts of its images and the targets of its links. */
const hidden = resultSort('HiddenHTMLData', ['alt_texts', 'links'])

export const htmlCode = define('html_code', ['data'], (_context, { need }) => {
  const texts: string[] = []
  const targets = new Set<string>()
  for (const page of pagesOf(need('data'))) {
    for (const { tag, attributes } of tagsOf(page)) {
      const alt = tag === 'img' ? attributes.get('alt') : undefined
      if (alt !== undefined) texts.push(alt)
      const target = tag === 'a' ? attributes.get('href') : undefined
      if (target !== undefined) targets.add(target)
    }
    for (const address of addressesOf(page)) targets.add(address)
  }
  return result(hidden, { alt_texts: list(texts), links: list([...targets]) })
})

export const links = define('links', ['data'], (_context, { need }) =>
  list([...new Set(pagesOf(need('data')).flatMap(addressesOf))]),
)

function pagesOf(value: Value): string[] {
  return textsOf(value).map((text) => textOf(text) ?? '')
}

function addressesOf(text: string): string[] {
  return text.match(/https?:\/\/[\w.:-]+(?:\/[^ \n"]*)?/g) ?? []
}

type Tag = { readonly tag: string; readonly attributes: ReadonlyMap<string, string> }

/** Start tags, tolerant of everything else; comments and scripts hold none. */
function* tagsOf(page: string): Generator<Tag> {
  const start = /<!--|<([a-zA-Z][^\s/>]*)/g
  for (let match = start.exec(page); match !== null; match = start.exec(page)) {
    const tag = match[1]?.toLowerCase()
    if (tag === undefined) {
      const end = page.indexOf('-->', start.lastIndex)
      if (end === -1) return
      start.lastIndex = end + 3
      continue
    }
    const { attributes, end } = attributesAt(page, start.lastIndex)
    yield { tag, attributes }
    start.lastIndex = tag === 'script' || tag === 'style' ? endOfRaw(page, tag, end) : end
  }
}

function endOfRaw(page: string, tag: string, from: number): number {
  const close = new RegExp(`</${tag}\\b`, 'gi')
  close.lastIndex = from
  return close.exec(page)?.index ?? page.length
}

function attributesAt(
  page: string,
  from: number,
): { readonly attributes: Map<string, string>; readonly end: number } {
  const attributes = new Map<string, string>()
  const one =
    /[\s/]*(?:(>)|([^\s=>/][^\s=>/]*)(?:\s*=\s*(?:"([^"]*)(?:"|$)|'([^']*)(?:'|$)|([^\s>"'][^\s>]*)))?)/y
  let end = from
  for (;;) {
    one.lastIndex = end
    const match = one.exec(page)
    if (match === null) return { attributes, end }
    end = one.lastIndex
    const [, close, name, double, single, plain] = match
    if (close !== undefined || name === undefined) return { attributes, end }
    const key = name.toLowerCase()
    if (!attributes.has(key)) attributes.set(key, decode(double ?? single ?? plain ?? ''))
  }
}

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: '\u00a0',
}

function decode(text: string): string {
  return text.replace(
    /&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(\w{2,6}));/gi,
    (whole, hex, decimal, name: string) => {
      if (name !== undefined) return entities[name.toLowerCase()] ?? whole
      const point = hex === undefined ? Number(decimal) : Number.parseInt(String(hex), 16)
      return point <= 0x10ffff ? String.fromCodePoint(point) : whole
    },
  )
}
