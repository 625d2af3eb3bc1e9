/** Waits for what comes by itself: looks every few milliseconds, and tells what it waited for when it does not come. */
export async function until<T>(
  what: string,
  look: () => T | Promise<T>,
  mostMs = 15_000,
): Promise<Exclude<T, null | undefined | false>> {
  const deadline = performance.now() + mostMs
  for (;;) {
    const seen = await look()
    if (isThere(seen)) return seen
    if (performance.now() > deadline) throw new Error(`Not within ${mostMs} ms: ${what}`)
    await Bun.sleep(2)
  }
}

function isThere<T>(value: T): value is Exclude<T, null | undefined | false> {
  return value !== null && value !== undefined && value !== false
}
