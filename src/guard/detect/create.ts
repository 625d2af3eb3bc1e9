import {
  detectorNames,
  type Detector,
  type DetectorName,
  type Detectors,
  type RemoteDetector,
} from '../detector.ts'
import { createEmbedding } from './remote/embedding.ts'
import { createInjection } from './remote/injection.ts'
import { createLlm } from './remote/llm.ts'
import type { Means } from './remote/means.ts'
import { createModerated } from './remote/moderated.ts'
import { createOcr } from './remote/ocr.ts'
import { createPii } from './remote/pii.ts'
import type { DetectorSettings } from './schema.ts'
import { createSemgrep } from './remote/semgrep.ts'

/** The detectors of a configuration: those that it describes, and for the others the built-in ones. */
export function createDetectors(settings: DetectorSettings, means: Means): Detectors {
  const { pii, moderated, prompt_injection: injection, semgrep, ocr, embedding, llm } = settings
  const remote: Partial<Record<DetectorName, Made>> = {
    ...(pii === 'builtin' ? {} : { pii: createPii(pii, means) }),
    ...(moderated === undefined ? {} : { moderated: createModerated(moderated, means) }),
    ...(injection === undefined ? {} : { prompt_injection: createInjection(injection, means) }),
    ...(semgrep === undefined ? {} : { semgrep: createSemgrep(semgrep, means) }),
    ...(ocr === undefined ? {} : { ocr: createOcr(ocr, means) }),
    ...(embedding === undefined ? {} : { embedding: createEmbedding(embedding, means) }),
    ...(llm === undefined ? {} : { llm: createLlm(llm, means) }),
  }
  return new Map(
    detectorNames.flatMap((name): [DetectorName, Detector][] => {
      const made = remote[name]
      if (made !== undefined) return [[name, { ...made, name, identity: identityOf(settings[name]) }]]
      const builtin = means.builtin.get(name)
      return builtin === undefined ? [] : [[name, builtin]]
    }),
  )
}

type Made = Omit<RemoteDetector, 'name' | 'identity'>

/** Answers are kept under this, so that another model, another threshold or another key never meets old answers. */
function identityOf(settings: unknown): string {
  return new Bun.CryptoHasher('sha256').update(JSON.stringify(settings)).digest('base64url').slice(0, 22)
}
