import { Type, type Static } from '@sinclair/typebox'

/**
 * The bounds of one evaluation. Policies come from outside (a request may bring its own), and so do the texts they
 * judge: neither may hold the worker. Whichever is reached first ends the rule with trouble of kind `limit`.
 */
export const defaultLimits = {
  evaluations: 1_000_000,
  milliseconds: 1_000,
  depth: 50,
  size: 4_000_000,
  memory: 16_000_000,
  regexSteps: 20_000_000,
  violations: 1_000,
  rounds: 16,
}

function bound(name: keyof typeof defaultLimits, maximum: number, description: string) {
  return Type.Integer({ minimum: 1, maximum, default: defaultLimits[name], description })
}

export const Limits = Type.Object(
  {
    evaluations: bound(
      'evaluations',
      1_000_000_000,
      'Bindings tried, in all rules of a policy together: each is one evaluation of the body of a rule, a quantifier or ' +
        'a predicate.',
    ),
    // A thread that says nothing for 5 s counts as hung (judge/judges.ts).
    milliseconds: bound(
      'milliseconds',
      3_000,
      'Time for all rules of a policy; that of detectors is not counted.',
    ),
    depth: bound(
      'depth',
      200,
      'Predicates calling predicates, constants using constants, quantifiers in quantifiers.',
    ),
    size: bound('size', 100_000_000, 'Characters of a string and items of a list that a rule may make.'),
    memory: bound(
      'memory',
      100_000_000,
      'The same for all that it makes and holds at once, what it finds with it; 16,000,000 are about 200 MB at worst.',
    ),
    regexSteps: bound(
      'regexSteps',
      10_000_000_000,
      'Steps of all regular expressions together that have to be taken one by one.',
    ),
    violations: bound('violations', 100_000, 'Findings that are told, of all rules of a policy together.'),
    rounds: bound(
      'rounds',
      1_000,
      'Rounds of asking detectors, each for all that the round before could not know.',
    ),
  },
  {
    additionalProperties: false,
    default: {},
    description: 'Bounds of judging by one policy; a rule that reaches one could not be judged.',
  },
)
export type Limits = Static<typeof Limits>
