import { createAsk, type AskOptions } from '../instance/ask.ts'
import { Listed, Made, Revoked, type KeySource } from './source.ts'

/** Keys of a Weir that runs somewhere. */
export function openKeyInstance(options: AskOptions): KeySource {
  const ask = createAsk(options)
  return {
    create: async (wanted) => {
      const made = await ask.json('v1/keys/create', Made, { method: 'POST', body: wanted })
      if (made === null) throw ask.stranger()
      return made
    },
    list: async () => {
      const listed = await ask.json('v1/keys/list', Listed)
      if (listed === null) throw ask.stranger()
      return listed.keys
    },
    revoke: async (id) =>
      (await ask.json(`v1/keys/${encodeURIComponent(id)}`, Revoked, { method: 'DELETE' })) !== null,
    close: () => undefined,
  }
}
