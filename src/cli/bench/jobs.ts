import { connect, toRequest, type Answer, type Target } from './load.ts'
import { quantile } from './statistics.ts'

/** The loads of the benchmarks; each runs in a process of its own and tells its result as one line of JSON. */
export type Job =
  /** So many requests over a few connections, each as soon as the one before is answered. */
  | {
      readonly kind: 'exchanges'
      readonly target: Target
      readonly count: number
      readonly connections: number
    }
  /** One request at a time, to each target in turn: what disturbs the machine disturbs all of them. */
  | {
      readonly kind: 'turns'
      readonly targets: readonly Target[]
      readonly count: number
      readonly body: string | null
    }
  /** Streams that begin within `rampMs` and run at once. */
  | { readonly kind: 'streams'; readonly target: Target; readonly count: number; readonly rampMs: number }

export type JobResult = {
  readonly done: number
  readonly failed: number
  readonly ms: number
  /** Of each target. */
  readonly firstByteMs: readonly Spread[]
  readonly bytes: number
}

export type Spread = { readonly p50: number; readonly p99: number; readonly most: number }

const question = Buffer.from(
  JSON.stringify({
    model: 'bench',
    messages: [
      { role: 'system', content: 'You are a helpful assistant. '.repeat(10) },
      { role: 'user', content: 'What does a weir do?' },
    ],
  }),
)
const streamQuestion = Buffer.from(
  question.toString().replace('{', '{"stream":true,"stream_options":{"include_usage":true},'),
)

export async function runJob(job: Job): Promise<JobResult> {
  const startedAt = performance.now()
  const answers = await answersOf(job)
  const whole = answers.map((list) => list.filter((answer) => answer?.status === 200))
  const done = whole.reduce((sum, list) => sum + list.length, 0)
  return {
    done,
    failed: answers.reduce((sum, list) => sum + list.length, 0) - done,
    ms: performance.now() - startedAt,
    firstByteMs: whole.map((list) => spreadOf(list.map((answer) => answer?.firstByteMs ?? NaN))),
    bytes: whole.flat().reduce((sum, answer) => sum + (answer?.bytes ?? 0), 0),
  }
}

/** One list for each target; null is an answer that did not come, or not whole. */
function answersOf(job: Job): Promise<(Answer | null)[][]> {
  switch (job.kind) {
    case 'exchanges':
      return exchanges(job).then((answers) => [answers])
    case 'turns':
      return turns(job)
    case 'streams':
      return streams(job).then((answers) => [answers])
  }
}

async function exchanges({
  target,
  count,
  connections,
}: Job & { kind: 'exchanges' }): Promise<(Answer | null)[]> {
  const request = toRequest(target, [question])
  const answers: (Answer | null)[] = []
  let left = count
  const each = async (): Promise<void> => {
    const line = await connect(target.port)
    while (left-- > 0) answers.push(await line.ask(request).catch(nothing))
    line.close()
  }
  await Promise.all(Array.from({ length: connections }, each))
  return answers
}

async function turns({ targets, count, body }: Job & { kind: 'turns' }): Promise<(Answer | null)[][]> {
  const sent = body === null ? [streamQuestion] : [await Bun.file(body).bytes()]
  const lines = await Promise.all(targets.map((target) => connect(target.port)))
  const requests = targets.map((target) => toRequest(target, sent))
  const answers: (Answer | null)[][] = targets.map(() => [])
  for (let round = 0; round < count; round++) {
    for (let place = 0; place < targets.length; place++) {
      // Backwards every other round: none is always the one that comes after another.
      const index = round % 2 === 0 ? place : targets.length - 1 - place
      answers[index]?.push((await lines[index]?.ask(requests[index] ?? []).catch(nothing)) ?? null)
    }
  }
  for (const line of lines) line.close()
  return answers
}

async function streams({ target, count, rampMs }: Job & { kind: 'streams' }): Promise<(Answer | null)[]> {
  const request = toRequest(target, [streamQuestion])
  const lines = []
  // Not all at once: what listens lets a few hundred wait.
  for (let open = 0; open < count; open += 100)
    lines.push(
      ...(await Promise.all(Array.from({ length: Math.min(100, count - open) }, () => connect(target.port)))),
    )
  const startedAt = performance.now()
  const asked: Promise<Answer | null>[] = []
  for (const [index, line] of lines.entries()) {
    const early = startedAt + (rampMs * index) / count - performance.now()
    if (early > 0) await Bun.sleep(early)
    asked.push(line.ask(request).catch(nothing))
  }
  const answers = await Promise.all(asked)
  for (const line of lines) line.close()
  return answers
}

function spreadOf(values: readonly number[]): Spread {
  return { p50: quantile(values, 0.5), p99: quantile(values, 0.99), most: quantile(values, 1) }
}

function nothing(): null {
  return null
}
