/**
 * The bounds of one evaluation. Policies come from outside (a request may bring its own), and so do the texts they
 * judge: neither may hold the worker. Whichever is reached first ends the rule with trouble of kind `limit`.
 */
export type Limits = {
  /** Bindings tried, in all rules together: each is one evaluation of a rule's, quantifier's or predicate's body. */
  readonly evaluations: number
  /** Time for all rules, detectors' answers not counted. */
  readonly milliseconds: number
  /** Predicates calling predicates, constants using constants, quantifiers in quantifiers. */
  readonly depth: number
  /** Characters of a string and items of a list that a rule may make. */
  readonly size: number
  /** The same for all that it makes and holds at once, violations with it; about 200 MB at worst. */
  readonly memory: number
  /** Steps of all regular expressions together that have to be taken one by one (regex/match.ts). */
  readonly regexSteps: number
  /** Violations told, of all rules together; a warning says that there were more. */
  readonly violations: number
  /** Rounds of asking detectors, each for all that the round before could not know. */
  readonly rounds: number
}

export const defaultLimits: Limits = {
  evaluations: 1_000_000,
  milliseconds: 1_000,
  depth: 50,
  size: 4_000_000,
  memory: 16_000_000,
  regexSteps: 20_000_000,
  violations: 1_000,
  rounds: 16,
}
