/**
 * The sixteen ways to go wrong, by model name, after the fault scenarios of failoverbench. What each does is in
 * `misbehave.ts`.
 */
export const scenarios = [
  { name: 's01', description: 'Too many requests (429, Retry-After 2) first, then fine' },
  { name: 's02', description: 'Too many requests (429), forever' },
  { name: 's03', description: 'One internal error (500), then fine' },
  { name: 's04', description: 'Overloaded (503), forever' },
  { name: 's05', description: 'The connection is reset before any header' },
  { name: 's06', description: 'No answer at all' },
  { name: 's07', description: 'The first token comes after 20 seconds' },
  { name: 's08', description: 'The connection is reset after 40 tokens; s08-5: after 5 events' },
  { name: 's09', description: 'Silence for 30 seconds after 20 tokens; s09-3: after 3 events' },
  { name: 's10', description: 'One event that is not JSON after 10 tokens; s10-4: after 4 events' },
  { name: 's11', description: 'The stream ends cleanly, but without its end mark' },
  { name: 's12', description: 'The context is too long (400)' },
  { name: 's13', description: 'The content filter ends the answer' },
  { name: 's14', description: 'Refuses a conversation that ends with an assistant message (400), else fine' },
  { name: 's15', description: 'Down (503) for 5 seconds, up for 5 seconds, in turn; s15-2: for 2 seconds' },
  { name: 's16', description: 'Answers in the name of another model, demo-substitute' },
] as const

export type Scenario = (typeof scenarios)[number]['name']

export function isScenario(name: string): name is Scenario {
  return scenarios.some((scenario) => scenario.name === name)
}
