import { isObject, readJson } from '../conversation/json.ts'
import { rawElements } from '../conversation/raw-json.ts'

/**
 * An event that tells several at once: a list of them, or one a line, where a provider left out the blank lines between.
 * Null if it is none: what it tells then cannot be read.
 */
export function unfold(data: string): readonly string[] | null {
  if (/^\s*\[/.test(data)) {
    const list = readJson(data)
    return Array.isArray(list) && list.length > 0 && list.every(isObject) ? rawElements(data) : null
  }
  const lines = data.split('\n').filter((line) => line.trim() !== '')
  return lines.length > 1 && lines.every(isWhole) ? lines : null
}

function isWhole(line: string): boolean {
  return line.startsWith('[DONE]') || isObject(readJson(line))
}
