/** A form with a file of lines in it, as a client that uploads a project sends it. */
export function formOf(name: string, lines: string) {
  const part = (disposition: string, value: string) =>
    `--b\r\ncontent-disposition: form-data; ${disposition}\r\n\r\n${value}\r\n`
  const form = `${part('name="name"', name)}${part('name="file"; filename="f.jsonl"', lines)}--b--\r\n`
  return { contentType: 'multipart/form-data; boundary=b', form: new TextEncoder().encode(form) }
}
