import { expect, test } from 'bun:test'
import { dialectNames } from '../../../src/dialect/dialect.ts'
import { dialects } from '../../../src/dialect/index.ts'
import { inPieces, rebuild } from '../../support/cuts.ts'
import { compare, compareUsage } from '../../support/oracle.ts'
import { hasRecordings, recordingsOf } from '../../support/recorded.ts'
import { expectTold } from '../../support/streams/compare.ts'
import { streams } from '../../support/streams/index.ts'

/** Streams recorded from providers against what official SDKs made of them, where both lie beside the checkout. */

const xai = 'xAI counts reasoning beside the completion tokens, and its total says so: output is both'
const toolUse =
  'what tools put into the prompt was paid for: the input is promptTokenCount and toolUsePromptTokenCount'
const lastEvent = 'the last event has no blank line behind it; SDKs lose it, we tell it'

/** Where our reply is the better one: how many differences there are, and why. */
const accepted: Readonly<Record<string, readonly [differences: number, why: string]>> = {
  'vai.xai-text': [1, xai],
  'vai.xai-tool-call': [1, xai],
  'fir.ga-success-no-content-parts': [3, lastEvent],
  'fir.vx-success-quotes-escaped': [1, lastEvent],
  'fir.ga-success-url-context': [1, toolUse],
  'pyd.code-execution-stream.0': [1, toolUse],
  'pyd.model-file-search-tool-stream.3': [1, toolUse],
  'pyd.model-web-fetch-tool-stream.0': [1, toolUse],
  'pyd.model-web-search-tool-stream.0': [1, toolUse],
}

for (const name of hasRecordings ? dialectNames : []) {
  const dialect = dialects[name]
  for (const { name: stream, bytes, expected } of recordingsOf(name)) {
    test(`${name} ${stream} is what its SDK makes of it, in one read and in many`, () => {
      const reply = rebuild(dialect, [bytes])
      const differences = [...compare[name](expected, reply), ...compareUsage(expected, reply)]
      const [count, why] = accepted[stream] ?? [0, '']
      if (differences.length !== count) expect(differences, why).toEqual([])
      expect(rebuild(dialect, inPieces(bytes, 1))).toEqual(reply)
    })
  }
}

if (!hasRecordings) {
  test('no recordings lie beside this checkout: the hand-written streams alone are compared', () => {
    for (const name of dialectNames) for (const told of streams[name]) expectTold(dialects[name], told)
  })
}
