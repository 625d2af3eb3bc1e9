/**
 * What a process has used, seen from outside, so that the same method serves every one of them: Linux' /proc. Null
 * where there is no such thing, or no longer such a process.
 */
export type Used = {
  /** CPU time of all threads, those that have ended too; in steps of 10 ms. */
  readonly processMs: number
  readonly mainMs: number
}

// The kernel's unit for user space, the same on every architecture that Bun runs on.
const tickMs = 10
const pageBytes = 4096

export async function readUsed(pid: number): Promise<Used | null> {
  const stat = await read(`/proc/${pid}/stat`)
  // Time on a core in nanoseconds, of the thread whose number is the process's: the main one.
  const schedule = await read(`/proc/${pid}/task/${pid}/schedstat`)
  if (stat === null || schedule === null) return null
  // The name in brackets may hold anything; user and system time are the 12th and 13th field after it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const processMs = (Number(fields[11]) + Number(fields[12])) * tickMs
  return { processMs, mainMs: Number(schedule.split(' ')[0]) / 1e6 }
}

export async function readResidentBytes(pid: number): Promise<number | null> {
  const sizes = await read(`/proc/${pid}/statm`)
  return sizes === null ? null : Number(sizes.split(' ')[1]) * pageBytes
}

async function read(path: string): Promise<string | null> {
  try {
    return await Bun.file(path).text()
  } catch {
    return null
  }
}
