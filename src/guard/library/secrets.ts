import { textsOf } from '../value/content.ts'
import { list, textOf, type Context, type Value } from '../value/value.ts'
import { define } from './define.ts'

/**
 * `secrets(x)`: the sorts of secrets in its texts, one entry for each. Without a detector of that name these four, as
 * upstream, unmarked; with one, what it finds, marked.
 */
const sorts: readonly (readonly [string, readonly RegExp[]])[] = [
  ['GITHUB_TOKEN', [/gh[pousr]_[A-Za-z0-9_]{36}/g]],
  [
    'AWS_ACCESS_KEY',
    [
      /(?:A3T[A-Z0-9]|ABIA|ACCA|AGPA|AIDA|AIPA|AKIA|ANPA|ANVA|AROA|ASCA|ASIA)[A-Z0-9]{16}/g,
      /aws.{0,20}?(?:key|pwd|pw|password|pass|token).{0,20}?['"][0-9a-z/+]{40}['"]/gi,
    ],
  ],
  ['AZURE_STORAGE_KEY', [/AccountKey=[a-zA-Z0-9+/=]{88}/g]],
  [
    'SLACK_TOKEN',
    [
      /xox[abpors]-(?:\d+-)+[a-z0-9]+/gi,
      /https:\/\/hooks\.slack\.com\/services\/T[a-z0-9_]+\/B[a-z0-9_]+\/[a-z0-9_]+/gi,
    ],
  ],
]

export const secrets = define('secrets', ['data'], (context, { need }) => {
  const texts = textsOf(need('data'))
  if (context.hasDetector('secrets')) return list(texts.flatMap((text) => detected(context, text)))
  return list(texts.flatMap((text) => known(textOf(text) ?? '')))
})

function known(text: string): string[] {
  return sorts.flatMap(([name, patterns]) =>
    patterns.flatMap((pattern) => Array.from(text.matchAll(pattern), () => name)),
  )
}

function detected(context: Context, text: Value): string[] {
  return context.detect('secrets', textOf(text) ?? '', {}).findings.map(({ kind, start, end }) => {
    context.mark(text, start, end)
    return kind
  })
}
