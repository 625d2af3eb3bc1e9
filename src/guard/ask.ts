import type { JsonObject } from '../conversation/json.ts'
import { questionKey, type Detections } from './detections.ts'
import type { Detection, DetectorName, Detectors, RemoteDetector } from './detector.ts'
import { trouble } from './value/trouble.ts'

/** What rules ask of detectors: answered at once where it is known or computed here, noted where it must be asked. */
export type Questions = {
  readonly detectors: Detectors
  readonly detections: Detections
  /** What is to be asked: by detector and options, each text once. */
  readonly open: Map<string, Question>
  /** Answers of this judgement: they hold until its end, whatever the shared cache forgets. */
  readonly answers: Detections
  readonly failures: Map<string, string>
  /** How many texts each detector was asked so far. */
  readonly asked: Map<DetectorName, number>
}

type Question = {
  readonly detector: RemoteDetector
  readonly options: JsonObject
  readonly key: string
  readonly texts: Set<string>
}

export function createQuestions(detectors: Detectors, detections: Detections): Questions {
  const answers = new Map<string, Map<string, Detection>>()
  return {
    detectors,
    detections,
    open: new Map(),
    failures: new Map(),
    asked: new Map(),
    answers: {
      get: (name, options, text) => answers.get(`${name} ${options}`)?.get(text),
      set: (name, options, text, detection) => {
        const question = `${name} ${options}`
        const texts = answers.get(question) ?? new Map<string, Detection>()
        answers.set(question, texts.set(text, detection))
      },
    },
  }
}

/** What is known; undefined once it has been noted as a question. */
export function answerTo(
  questions: Questions,
  name: DetectorName,
  asked: { readonly text: string; readonly options: JsonObject; readonly isNoted: boolean },
): Detection | undefined {
  const { text, options, isNoted } = asked
  const { detectors, detections, open, answers, failures } = questions
  const detector = detectors.get(name)
  if (detector === undefined) return trouble('detector', `the detector ${name} is not configured`)
  const key = questionKey(detector, options)
  const known = answers.get(name, key, text) ?? detections.get(name, key, text)
  if (known !== undefined) return known
  if (detector.kind === 'local') {
    const detection = detector.detect(text, options)
    detections.set(name, key, text, detection)
    return detection
  }
  const question = `${name} ${key}`
  const failure = failures.get(question)
  if (failure !== undefined) return trouble('detector', failure)
  if (!isNoted) return undefined
  const same = open.get(question) ?? { detector, options, key, texts: new Set<string>() }
  open.set(question, same)
  same.texts.add(text)
  return undefined
}

/** Asks all that is open, at once. What fails is remembered as failed, and ends the rules that asked it. */
export async function ask(questions: Questions, signal: AbortSignal): Promise<void> {
  const open = [...questions.open]
  questions.open.clear()
  await Promise.all(
    open.map(async ([question, { detector, options, key, texts }]) => {
      const list = [...texts]
      try {
        countTexts(questions, detector, list.length)
        const detections = await detector.detect(list, options, signal)
        list.forEach((text, at) => {
          const detection = detections[at]
          if (detection === undefined)
            throw new Error(`${list.length} texts were asked, ${detections.length} answered`)
          questions.answers.set(detector.name, key, text, detection)
          questions.detections.set(detector.name, key, text, detection)
        })
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error)
        questions.failures.set(question, `the detector ${detector.name} failed: ${reason}`)
      }
    }),
  )
}

/** A model that is paid for by the text is not asked about every message of a long history by mistake. */
function countTexts(
  { asked }: Questions,
  { name, mostTexts = Infinity }: RemoteDetector,
  more: number,
): void {
  const count = (asked.get(name) ?? 0) + more
  if (count > mostTexts) throw new Error(`one judgement asks it about more than ${mostTexts} texts`)
  asked.set(name, count)
}
