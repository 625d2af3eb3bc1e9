/** What a body is by its content type. */

/** Bytes for a machine, never to be read as text: sound, pictures, uploads. A drawing written as XML is text. */
export function isMedia(contentType: string): boolean {
  const type = typeOf(contentType)
  return media.test(type) && !type.endsWith('+xml')
}

/** Without its parameters, in small letters. */
export function typeOf(contentType: string): string {
  const [type = ''] = contentType.toLowerCase().split(';', 1)
  return type.trim()
}

const media =
  /^(?:(?:audio|image|video|font|model|multipart)\/.|application\/(?:octet-stream|pdf|zip|gzip|x-tar|x-gzip|x-protobuf|protobuf)$)/
