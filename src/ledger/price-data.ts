import type { Provider } from '@pydantic/genai-prices'

/** Whether this is data of the library's, as far as looking up needs it; the library reads the rest. */
export function isPriceData(data: unknown): data is Provider[] {
  return Array.isArray(data) && data.length > 0 && data.every(isProvider)
}

function isProvider(entry: unknown): boolean {
  if (typeof entry !== 'object' || entry === null) return false
  const { id, api_pattern: pattern, models }: Partial<Record<keyof Provider, unknown>> = entry
  return typeof id === 'string' && typeof pattern === 'string' && Array.isArray(models)
}
