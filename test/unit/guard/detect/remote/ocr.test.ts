import { expect, test } from 'bun:test'
import type { Fetch } from '../../../../../src/guard/detect/remote/post.ts'
import { asking, reason } from '../../../../support/guard/detecting.ts'

const url = 'http://127.0.0.1:1/ocr'
const png = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3])

function dataUrl(bytes: Uint8Array, type = 'png'): string {
  return `data:image/${type};base64,${Buffer.from(bytes).toString('base64')}`
}

function reading(answer: () => Response) {
  const came: { type: string | null; body: unknown }[] = []
  const fetch: Fetch = async (_url, init) => {
    came.push({ type: new Headers(init.headers).get('content-type'), body: init.body })
    return answer()
  }
  return { came, fetch }
}

test('an image goes to the service as it is, with the type that it has and not the one that it claims', async () => {
  const { came, fetch } = reading(() => Response.json({ text: ' one \n\n two\nthree ' }))
  const [found] = await asking('ocr', { url }, { fetch })([dataUrl(png, 'jpeg')])
  expect(found).toEqual({ findings: [], value: 'one two three' })
  expect(came).toEqual([{ type: 'image/png', body: png }])
})

test('a service may answer with plain text, and with none', async () => {
  const read = async (answer: () => Response): Promise<unknown> =>
    (await asking('ocr', { url }, reading(answer))([dataUrl(png)]))[0]?.value
  expect(await read(() => new Response('plain\ntext'))).toBe('plain text')
  expect(await read(() => Response.json({ text: '' }))).toBe('')
  expect(await reason(read(() => Response.json({ words: [] })))).toBe('its answer has no text')
})

test('an address is never fetched: it is a failure, or nothing where the configuration says so', async () => {
  const { came, fetch } = reading(() => Response.json({ text: 'x' }))
  for (const address of [
    'http://127.0.0.1/a.png',
    'file:///etc/passwd',
    'data:text/html;base64,AAAA',
    'data:image/png,x',
    '',
  ]) {
    expect(await reason(asking('ocr', { url }, { fetch })([address]))).toBe(
      'an image is not in the message itself',
    )
    const ignoring = asking('ocr', { url, otherImages: 'ignore' }, { fetch })
    expect(await ignoring([address])).toEqual([{ findings: [], value: '' }])
  }
  expect(came).toEqual([])
})

test.each([
  ['no base64', 'data:image/png;base64,@@@@', 'an image is not in base64'],
  ['no image', dataUrl(new TextEncoder().encode('#!/bin/sh')), 'an image is neither PNG, JPEG, GIF nor WebP'],
  ['empty', 'data:image/png;base64,', 'an image is neither PNG, JPEG, GIF nor WebP'],
  ['too large', dataUrl(new Uint8Array(1025).fill(1)), 'an image is larger than 1024 bytes'],
  ['much too large', dataUrl(new Uint8Array(9000).fill(1)), 'an image is larger than 1024 bytes'],
])('what is no image that can be read is a failure: %s', async (_, image, message) => {
  const { came, fetch } = reading(() => Response.json({ text: 'x' }))
  expect(await reason(asking('ocr', { url, maxImageBytes: 1024 }, { fetch })([image]))).toBe(message)
  expect(came).toEqual([])
})

test('an image of just the size that is allowed is read', async () => {
  const image = new Uint8Array(1024)
  image.set(png)
  const { fetch } = reading(() => Response.json({ text: 'x' }))
  expect((await asking('ocr', { url, maxImageBytes: 1024 }, { fetch })([dataUrl(image)]))[0]?.value).toBe('x')
})
