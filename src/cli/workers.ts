import type { HireChecker } from '../api/policy-desk.ts'
import type { Hire } from '../merge/pool.ts'
import type { HireSender } from '../push/desk.ts'
import type { Target } from '../push/schema.ts'
import type { HireJudge } from '../judge/judges.ts'
import type { HireClerk } from '../trace/desk.ts'
import type { Duty, Keep } from '../trace/duty.ts'

/**
 * The worker threads: one keeps what the main thread passed on, one reads, one judges for others, one judges what
 * passes, and one sends traces elsewhere. `file`: where each starts.
 */
export function hireKeeper(file: string, keep: Omit<Keep, 'recovers'>): Hire {
  let isFirst = true
  return (hear, gone) => {
    const worker = openWorker(file, { kind: 'keep', ...keep, recovers: isFirst }, gone)
    isFirst = false
    worker.onmessage = ({ data }) => hear(data)
    return {
      post: (message, transfer) => worker.postMessage(message, transfer),
      end: () => worker.terminate(),
    }
  }
}

export function hireClerk(file: string, path: string): HireClerk {
  return (hear, gone) => {
    const worker = openWorker(file, { kind: 'read', path }, gone)
    worker.onmessage = ({ data }) => hear(data)
    return { ask: (question) => worker.postMessage(question), end: () => worker.terminate() }
  }
}

export function hireChecker(file: string): HireChecker {
  return (hear, gone) => {
    const worker = openWorker(file, { kind: 'check' }, gone)
    worker.onmessage = ({ data }) => hear(data)
    return {
      post: (message, transfer) => worker.postMessage(message, transfer),
      end: () => worker.terminate(),
    }
  }
}

export function hireSender(file: string, path: string, targets: readonly Target[]): HireSender {
  return (hear, gone) => {
    const worker = openWorker(file, { kind: 'push', path, targets }, gone)
    worker.onmessage = ({ data }) => hear(data)
    return { post: (message) => worker.postMessage(message), end: () => worker.terminate() }
  }
}

export function hireJudge(file: string): HireJudge {
  return (hear, gone) => {
    const worker = openWorker(file, null, gone)
    worker.onmessage = ({ data }) => hear(data)
    return {
      post: (message, transfer) => worker.postMessage(message, transfer),
      end: () => worker.terminate(),
    }
  }
}

function openWorker(file: string, duty: Duty<Target> | null, gone: (why: string) => void): Worker {
  const worker = new Worker(file)
  worker.onerror = ({ message }) => gone(message)
  worker.addEventListener('close', () => gone('it ended'))
  if (duty !== null) worker.postMessage(duty)
  return worker
}
