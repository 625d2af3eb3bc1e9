import { detectorNames, type Detector, type DetectorName, type Detectors } from '../detector.ts'
import { createEmbedding } from './remote/embedding.ts'
import { createInjection } from './remote/injection.ts'
import { createLlm } from './remote/llm.ts'
import type { AllMeans, Made, Means } from './remote/means.ts'
import { createModerated } from './remote/moderated.ts'
import { createOcr } from './remote/ocr.ts'
import { createPii } from './remote/pii.ts'
import { createSemgrep } from './remote/semgrep.ts'
import type { DetectorSettings } from './schema.ts'

/** The detectors of a configuration: those that it describes, and for the others the built-in ones. */
export function createDetectors(settings: DetectorSettings, { builtin, ...means }: AllMeans): Detectors {
  const remote = createRemote(settings, (name) => ({
    ...means,
    told: (ending, milliseconds) => means.told?.(name, ending, milliseconds),
  }))
  return new Map(
    detectorNames.flatMap((name): [DetectorName, Detector][] => {
      const made = remote[name]
      if (made !== undefined) return [[name, { ...made, name, identity: identityOf(settings[name]) }]]
      const local = builtin.find((each) => each.name === name)
      return local === undefined ? [] : [[name, local]]
    }),
  )
}

function createRemote(
  { pii, moderated, prompt_injection: injection, semgrep, ocr, embedding, llm }: DetectorSettings,
  meansOf: (name: DetectorName) => Means,
): Partial<Record<DetectorName, Made>> {
  return {
    ...(pii === 'builtin' ? {} : { pii: createPii(pii, meansOf('pii')) }),
    ...(moderated === undefined ? {} : { moderated: createModerated(moderated, meansOf('moderated')) }),
    ...(injection === undefined
      ? {}
      : { prompt_injection: createInjection(injection, meansOf('prompt_injection')) }),
    ...(semgrep === undefined ? {} : { semgrep: createSemgrep(semgrep, meansOf('semgrep')) }),
    ...(ocr === undefined ? {} : { ocr: createOcr(ocr, meansOf('ocr')) }),
    ...(embedding === undefined ? {} : { embedding: createEmbedding(embedding, meansOf('embedding')) }),
    ...(llm === undefined ? {} : { llm: createLlm(llm, meansOf('llm')) }),
  }
}

/** Answers are kept under this, so that another model, another threshold or another key never meets old answers. */
function identityOf(settings: unknown): string {
  return new Bun.CryptoHasher('sha256').update(JSON.stringify(settings)).digest('base64url').slice(0, 22)
}
