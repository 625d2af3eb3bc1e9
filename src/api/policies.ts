import { Fault } from '../core/fault.ts'
import type { CheckPolicies, PolicyAnswer, PolicyQuestion } from '../guard/service.ts'
import { readWhole, type BodyLimits } from '../wire/body.ts'

/**
 * `/api/v1/policy/...`: what Invariant's gateway, its proxy for MCP and its library ask of their hosted evaluator. The
 * bytes go to another thread as they came: a policy of somebody's may take all the time it is given.
 */
export type AnswerPolicies = (kind: PolicyQuestion['kind'], request: Request) => Promise<Response>

const mostBytes = 32 * 1024 * 1024
const limits: BodyLimits = { wholeBytes: mostBytes, streamedBytes: mostBytes, silenceMs: 10_000 }

export function createPolicyAnswers(check: CheckPolicies): AnswerPolicies {
  return async (kind, request) => {
    const { signal } = request
    try {
      const body = (await readWhole(request, limits)) ?? new Uint8Array()
      return toResponse(await check({ kind, body }, signal))
    } catch (error) {
      if (signal.aborted) throw new Fault('client-left', 'The client has left', { cause: error })
      throw error
    }
  }
}

function toResponse(answer: PolicyAnswer): Response {
  const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' }
  if (answer.kind === 'told') return new Response(answer.json, { headers })
  const { why, detail } = answer
  // Of 400 the library makes a mistake of the policy's, of any other an error of its evaluation; and nobody asks again.
  const status = why === 'request' ? 400 : 422
  return Response.json({ detail }, { status, headers })
}
