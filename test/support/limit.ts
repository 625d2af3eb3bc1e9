import { setDefaultTimeout } from 'bun:test'

/** Loaded before all tests: a busy machine is slow, and that is no fault. What hangs is still found. */
setDefaultTimeout(20_000)
