import { concatenate, type Bytes } from './body.ts'

/** A body up to a bound; null past it, and then the rest is let go of. Throws what breaks it off. */
export async function readBounded(
  { body }: Pick<Response, 'body'>,
  mostBytes: number,
): Promise<Bytes | null> {
  const parts: Uint8Array[] = []
  let size = 0
  // Leaving the loop lets go of whoever sends.
  for await (const part of body ?? []) {
    size += part.byteLength
    if (size > mostBytes) return null
    parts.push(part)
  }
  return concatenate(parts)
}

/** The same as a text. */
export async function readBoundedText(
  response: Pick<Response, 'body'>,
  mostBytes: number,
): Promise<string | null> {
  const bytes = await readBounded(response, mostBytes)
  return bytes === null ? null : new TextDecoder().decode(bytes)
}
