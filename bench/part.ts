import { runPart } from '../src/cli/bench/parts.ts'
await runPart(JSON.parse(Bun.argv[2] ?? ''), console.log)
