import type { HireJudge } from '../api/policy-desk.ts'
import type { Hire } from '../merge/pool.ts'
import type { HireClerk } from '../trace/desk.ts'
import type { Duty, Keep } from '../trace/duty.ts'

/** The worker threads: one keeps what the main thread passed on, one reads, one judges. `file`: where they start. */
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

/** It is told nothing first: what it needs comes with each question. */
export function hireJudge(file: string): HireJudge {
  return (hear, gone) => {
    const worker = watched(new Worker(file), gone)
    worker.onmessage = ({ data }) => hear(data)
    return {
      post: (message, transfer) => worker.postMessage(message, transfer),
      end: () => worker.terminate(),
    }
  }
}

function openWorker(file: string, duty: Duty, gone: (why: string) => void): Worker {
  const worker = watched(new Worker(file), gone)
  worker.postMessage(duty)
  return worker
}

function watched(worker: Worker, gone: (why: string) => void): Worker {
  worker.onerror = ({ message }) => gone(message)
  worker.addEventListener('close', () => gone('it ended'))
  return worker
}
