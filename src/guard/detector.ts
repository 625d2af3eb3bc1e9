import type { JsonObject } from '../conversation/json.ts'

/**
 * What a rule asks that code alone cannot always answer: is this a person's name, a threat, an injection? A detector
 * reads texts and says what it found and where. The functions of the rule language (`pii`, `moderated`, `llm`, ...)
 * turn that into values and marked ranges; how a detector comes to its answer is its own affair.
 */
export type Detector = LocalDetector | RemoteDetector

type Named = {
  readonly name: DetectorName
  /** The kinds of findings it knows (`PERSON`, `hate`); asking for another is a problem at load. Empty: not told. */
  readonly kinds: readonly string[]
  /** Which one it is, if there can be several by this name: what another one answered is not taken for its answer. */
  readonly identity?: string
}

/** Answers at once, by code alone: a rule that uses it waits for nothing. */
export type LocalDetector = Named & {
  readonly kind: 'local'
  readonly detect: (text: string, options: JsonObject) => Detection
}

/**
 * Answers later. All texts of one round that ask with the same options come together; one detection each, in their
 * order. It rejects when it cannot say: the rule then fails, and its policy's `on_error` decides.
 */
export type RemoteDetector = Named & {
  readonly kind: 'remote'
  /** Texts that one judgement may ask; past them it fails. Left out: as many as it likes. */
  readonly mostTexts?: number
  readonly detect: (
    texts: readonly string[],
    options: JsonObject,
    signal: AbortSignal,
  ) => Promise<readonly Detection[]>
}

/**
 * Which functions ask it, what the text is, and what it answers with:
 *
 * | detector           | asked by                          | text            | answer                                 |
 * | ------------------ | --------------------------------- | --------------- | -------------------------------------- |
 * | `pii`              | `pii`, `<EMAIL_ADDRESS>`, ...     | any             | findings, kind = entity                |
 * | `secrets`          | `secrets`                         | any             | findings, kind = sort of secret        |
 * | `moderated`        | `moderated`, `<MODERATED>`        | any             | findings, kind = category              |
 * | `prompt_injection` | `prompt_injection`                | any             | findings, one is enough                |
 * | `python_code`      | `python_code`, `ipython_code`     | Python          | value: PythonCode                      |
 * | `semgrep`          | `semgrep`                         | code            | value: list of `{description, severity}` |
 * | `ocr`              | `ocr`                             | data URL        | value: string                          |
 * | `embedding`        | `is_similar`, `embedding_similarity` | any          | value: list of numbers                 |
 * | `llm`              | `llm`, `llm_confirm`, `fuzzy_contains` | the prompt | value: string                          |
 *
 * Options are the function's keyword arguments by their names in the language (`threshold`, `entities`, `model`,
 * `lang`, `system_prompt`, ...), those that the rule gave and no others.
 */
export type DetectorName = (typeof detectorNames)[number]

export const detectorNames = [
  'pii',
  'secrets',
  'moderated',
  'prompt_injection',
  'python_code',
  'semgrep',
  'ocr',
  'embedding',
  'llm',
] as const

export type Detection = {
  readonly findings: readonly Finding[]
  /** What was asked for where it is not a place in the text: plain JSON. */
  readonly value?: unknown
}

/** Offsets are those of the JavaScript string (UTF-16), the end is exclusive. */
export type Finding = {
  readonly kind: string
  readonly start: number
  readonly end: number
  readonly score?: number
}

export type PythonCode = {
  readonly imports: readonly (string | null)[]
  readonly builtins: readonly string[]
  readonly function_calls: readonly string[]
  readonly syntax_error: boolean
  readonly syntax_error_exception: string | null
}

export type Detectors = ReadonlyMap<DetectorName, Detector>
