import { expect, test } from 'bun:test'
import { boundaryOf, readMultipart } from '../../../src/wire/multipart.ts'

const type = 'multipart/form-data; boundary=XX'
const bytesOf = (text: string) => Buffer.from(text)
const partsOf = (text: string, contentType = type) =>
  readMultipart(bytesOf(text), contentType)?.map(({ bytes, ...part }) => ({
    ...part,
    text: bytes.toString(),
  })) ?? null

test('a form as Bun writes it is read part by part, with its bytes', async () => {
  const form = new FormData()
  form.append('model', 'whisper')
  const audio = Uint8Array.from({ length: 1000 }, (_, at) => (at * 7) % 256)
  form.append('file', new File([audio], 'na"ï.mp3', { type: 'audio/mpeg' }))
  const request = new Request('http://x', { method: 'POST', body: form })
  const contentType = request.headers.get('content-type') ?? ''
  const parts = readMultipart(await request.bytes(), contentType) ?? []
  expect(parts.map(({ name, fileName, contentType: of }) => [name, fileName, of])).toEqual([
    ['model', null, null],
    ['file', 'na"ï.mp3', 'audio/mpeg'],
  ])
  expect(parts[0]?.bytes.toString()).toBe('whisper')
  expect(new Uint8Array(parts[1]?.bytes ?? [])).toEqual(audio)
})

test('line ends of either kind, a preamble, an epilogue, and parts without anything are read', () => {
  const crlf =
    'before\r\n--XX\r\nContent-Disposition: form-data; name="a"\r\n\r\none\r\n\r\n--XX  \r\n\r\n\r\n--XX--\r\nafter'
  const none = { name: null, fileName: null, contentType: null }
  expect(partsOf(crlf)).toEqual([
    { ...none, name: 'a', text: 'one\r\n' },
    { ...none, text: '' },
  ])
  const lf = crlf.replaceAll('\r\n', '\n')
  expect(partsOf(lf)).toEqual([
    { ...none, name: 'a', text: 'one\n' },
    { ...none, text: '' },
  ])
})

test('names are read in every way they are written', () => {
  const head = (disposition: string) =>
    partsOf(
      `--XX\r\ncontent-disposition: form-data; ${disposition}\r\nContent-Type:  text/x\r\n\r\nv\r\n--XX--`,
    )?.[0]
  expect(head('name=a; filename=b.c')).toMatchObject({ name: 'a', fileName: 'b.c', contentType: 'text/x' })
  expect(head('name="a\\"b"; filename="x%22y"')).toMatchObject({ name: 'a"b', fileName: 'x"y' })
  expect(head('name="a"; filename="n.txt"; filename*=UTF-8\'\'na%C3%AFve.txt')).toMatchObject({
    fileName: 'naïve.txt',
  })
  expect(head('name="a"; filename*=UTF-8\'\'%zz')).toMatchObject({ fileName: '%zz' })
  expect(head('filename="only.bin"')).toMatchObject({ name: null, fileName: 'only.bin' })
})

test('a body that was cut has what there is of its last part', () => {
  expect(partsOf('--XX\r\nContent-Disposition: form-data; name="a"\r\n\r\nhal')).toMatchObject([
    { name: 'a', text: 'hal' },
  ])
  expect(partsOf('--XX\r\nContent-Dispo')).toBeNull()
  expect(partsOf('--XX')).toBeNull()
})

test('what is no multipart has no parts', () => {
  expect([partsOf(''), partsOf('{"a":1}'), partsOf('--XX--'), partsOf('--YY\r\n\r\na\r\n--YY--')]).toEqual([
    null,
    null,
    null,
    null,
  ])
  expect(partsOf('--XX\r\n\r\na\r\n--XX--', 'text/plain')).toBeNull()
  expect(partsOf(`--XX\r\nX: ${'y'.repeat(20_000)}\r\n\r\na\r\n--XX--`)).toBeNull()
})

test('a thousand parts are read, one more is no form', () => {
  const form = (count: number) => `${'--XX\r\n\r\na\r\n'.repeat(count)}--XX--`
  expect(partsOf(form(1000))?.length).toBe(1000)
  expect(partsOf(form(1001))).toBeNull()
})

test('a boundary is read with and without quotes', () => {
  expect(boundaryOf('Multipart/Form-Data; charset=utf-8; boundary="a b"')).toBe('a b')
  expect(boundaryOf('multipart/mixed;boundary=x-1;y=z')).toBe('x-1')
  expect([boundaryOf('multipart/form-data'), boundaryOf('text/plain; boundary=x')]).toEqual([null, null])
})

test('every cut of a form is read without a throw', () => {
  const whole = bytesOf(
    '--XX\r\nContent-Disposition: form-data; name="a"\r\n\r\none\r\n--XX\r\n\r\ntwo\r\n--XX--\r\n',
  )
  for (let cut = 0; cut <= whole.length; cut++)
    expect(() => readMultipart(whole.subarray(0, cut), type)).not.toThrow()
})
