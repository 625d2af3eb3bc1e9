import { isObject } from './json.ts'
import type { JsonObject } from './json.ts'

/** A list of tools, or undefined if anything in it is none: then all of it stays where it is told. */
export function readToolList<Read>(
  list: unknown,
  at: string,
  readTool: (tool: JsonObject, at: string) => Read | undefined,
): Read[] | undefined {
  if (!Array.isArray(list)) return undefined
  const tools: Read[] = []
  for (const [index, told] of list.entries()) {
    const tool = isObject(told) ? readTool(told, `${at}/${index}`) : undefined
    if (tool === undefined) return undefined
    tools.push(tool)
  }
  return tools
}
