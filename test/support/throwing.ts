/** What something that must throw says. */
export function messageFrom(act: () => unknown): string {
  try {
    act()
  } catch (error) {
    if (error instanceof Error) return error.message
    throw error
  }
  throw new Error('Nothing was thrown')
}
