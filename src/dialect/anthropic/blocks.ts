import { absorbField, overlayField } from '../../conversation/accumulate.ts'
import { isObject, objectAt, readJson, textAt } from '../../conversation/json.ts'
import type { JsonObject } from '../../conversation/json.ts'
import { readPartialJson } from '../../conversation/partial-json.ts'
import { isFilled, rawMember } from '../../conversation/raw-json.ts'
import { blockTypes, ownFields } from './schema.ts'

/**
 * The content blocks of a message, each started, continued and stopped by its index. A second start at a used
 * index is another block: gateways that join two answers number both from 0, and neither may be lost.
 */
export type Blocks = {
  /** `data`: the event as it was written. */
  readonly start: (told: JsonObject, data: string) => void
  readonly add: (told: JsonObject) => void
  readonly stop: (told: JsonObject) => void
  /** Blocks that were whole from the start of the message, and inputs among them as they were written. */
  readonly begin: (content: readonly unknown[], inputs: ReadonlyMap<number, string>) => void
  readonly finish: () => { content: unknown[]; argumentTexts: Record<string, string> }
}

/** `whole`: the input as the block started with it; `input`: as its deltas told it. */
type Block = { readonly place: number; readonly fields: JsonObject; readonly whole: string; input: string }

export function createBlocks(): Blocks {
  const blocks: Block[] = []
  const byIndex = new Map<number, Block>()
  function open(place: number, fields: JsonObject, whole = ''): Block {
    const block = { place, fields, whole, input: '' }
    blocks.push(block)
    byIndex.set(place, block)
    return block
  }
  function indexOf(told: JsonObject): number {
    const index = told['index']
    return typeof index === 'number' ? index : (blocks.at(-1)?.place ?? 0)
  }
  return {
    start: (told, data) => {
      const index = told['index']
      const place = typeof index === 'number' ? index : blocks.length
      const fields = objectAt(told, 'content_block') ?? {}
      const hasInput = objectAt(fields, 'input') !== undefined
      open(place, fields, hasInput ? rawMember(rawMember(data, 'content_block'), 'input') : '')
    },
    add: (told) => {
      const delta = objectAt(told, 'delta')
      if (delta === undefined) return
      const index = indexOf(told)
      addDelta(byIndex.get(index) ?? open(index, emptyBlock(delta)), delta)
    },
    stop: (told) => {
      const block = byIndex.get(indexOf(told))
      if (block === undefined) return
      for (const key in told) if (!ownFields.has(key)) overlayField(block.fields, key, told[key])
    },
    begin: (content, inputs) => {
      for (const [index, fields] of content.entries())
        if (isObject(fields)) open(index, fields, inputs.get(index))
    },
    finish: () => finishBlocks(blocks),
  }
}

function emptyBlock(delta: JsonObject): JsonObject {
  const type = blockTypes.get(textAt(delta, 'type') ?? '') ?? 'text'
  return type === 'tool_use' ? { type, input: {} } : { type }
}

function addDelta(block: Block, delta: JsonObject): void {
  const { fields } = block
  switch (delta['type']) {
    case 'text_delta':
      absorbField(fields, 'text', delta['text'])
      return
    case 'input_json_delta': {
      const piece = delta['partial_json']
      if (typeof piece === 'string') block.input += piece
      return
    }
    case 'citations_delta':
      absorbField(fields, 'citations', [delta['citation']])
      return
    case 'compaction_delta':
      // Told whole, and null while it is being made.
      for (const key in delta) if (key !== 'type') overlayField(fields, key, delta[key])
      return
    default:
      // thinking_delta, signature_delta, and whatever comes next: strings grow, a signature stands.
      for (const key in delta) if (key !== 'type') absorbField(fields, key, delta[key])
  }
}

function finishBlocks(blocks: readonly Block[]): ReturnType<Blocks['finish']> {
  const argumentTexts: Record<string, string> = {}
  // A stable sort: blocks that share an index stay in the order they came.
  const content = blocks
    .toSorted((a, b) => a.place - b.place)
    .map(({ fields, whole, input }, at) => {
      if (input === '') {
        if (isFilled(whole)) argumentTexts[inputAt(at)] = whole
        return fields['input'] === '' ? { ...fields, input: {} } : fields
      }
      const parsed = readJson(input) ?? readPartialJson(input)
      argumentTexts[inputAt(at)] = input
      return parsed === undefined ? fields : { ...fields, input: parsed }
    })
  return { content, argumentTexts }
}

/** Where the message has what this block gives to a tool, as a JSON pointer. */
export function inputAt(place: number): string {
  return `/content/${place}/input`
}
