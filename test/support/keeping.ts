import { batchOf, beginOf, endOf, keeperOf, said, storeAt, streamHead, whole } from './traces.ts'

/**
 * A process to be killed: keeps batches as fast as it can and says each number once it is kept. Of every batch
 * one exchange stays open until the next. Arguments: file, sender, first number, whether durable.
 */
const [path = '', sender = '', first = '1', mode = ''] = process.argv.slice(2)
const keeper = keeperOf(storeAt(path, mode === 'durable'), { sender })
if (mode !== 'thread') keeper.recover()

const request = `{"say":["u:Hello"],"messages":["${'m'.repeat(3000)}"]}`
const begin = beginOf({ stream: true })
const tail = 'data: Hi\n\ndata: [DONE]\n\n'

for (let number = Number(first); ; number++) {
  const keyed = beginOf({ requestHeaders: [['x-session-id', `session ${number % 3}`]] })
  const short = Array.from({ length: 20 }, (_, at) =>
    whole(`${number}-${at}`, request, '{"say":["Hi"]}', { begin: keyed }),
  )
  const opened = said(`${number}-open`, request, '', { begin, head: streamHead })
  const ended = said(`${number - 1}-open`, '', tail, { end: endOf(request, tail) })
  const kept = keeper.keep(batchOf(number, ...short, opened, ...(number === Number(first) ? [] : [ended])))
  if (kept.kind !== 'kept' || kept.bad > 0) throw new Error(JSON.stringify(kept))
  process.stdout.write(`${number}\n`)
}
