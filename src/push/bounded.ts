/** A body as text, up to a bound; null past it. Throws what breaks it off. */
export async function readBounded({ body }: Response, mostBytes: number): Promise<string | null> {
  if (body === null) return ''
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of body) {
    bytes += chunk.length
    // Leaving the loop lets go of the rest.
    if (bytes > mostBytes) return null
    chunks.push(chunk)
  }
  return new TextDecoder().decode(Buffer.concat(chunks))
}
