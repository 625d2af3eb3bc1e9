import { Fault } from '../../core/fault.ts'
import type { Change } from './change.ts'
import type { ChangeAnswer } from './changing.ts'

/** The way to the thread that writes, and back. The body is given away. */
export type SendChange = (change: string, body: ArrayBuffer) => Promise<string>

/** What came of a change, as JSON; throws what it was refused for. */
export async function askChange(
  send: SendChange,
  change: Change,
  body: ArrayBuffer = new ArrayBuffer(0),
): Promise<string> {
  // Written a moment ago by our own thread.
  const answer: ChangeAnswer = JSON.parse(await send(JSON.stringify(change), body))
  if (answer.kind === 'refused') throw new Fault(answer.code, answer.message)
  return answer.json
}
