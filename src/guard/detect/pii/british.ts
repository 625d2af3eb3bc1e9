import { isNhs } from './checksums.ts'
import { digitsFrom, digitsIn, endOf, isGrouped, startOf } from './reading.ts'
import { certain, type Recogniser } from './recogniser.ts'

/** Numbers of the United Kingdom. */
export const nhs: Recogniser = {
  kind: 'UK_NHS',
  context: ['national health service', 'nhs', 'health services authority', 'health authority'],
  highest: certain,
  find: (reading, report) => {
    for (let token = 0; token < reading.count; token++) {
      const length = digitsIn(reading, token)
      const last = length === 10 ? token : token + 2
      if (length !== 10 && !(length === 3 && isGrouped(reading, token, [3, 3, 4], '- '))) continue
      if (isNhs(digitsFrom(reading, token, last)))
        report(startOf(reading, token), endOf(reading, last), certain)
    }
  },
}

/** National insurance: two letters that are in use, six digits, a letter from A to D; blanks between the pairs. */
const insurance =
  /(?<![a-z\d])(?!bg|gb|kn|nk|nt|tn|zz)[abceghj-prstw-z][abceghj-nprstw-z] ?\d\d ?\d\d ?\d\d ?[a-d](?![a-z\d])/gi

export const nationalInsurance: Recogniser = {
  kind: 'UK_NINO',
  context: ['national insurance', 'ni number', 'nino'],
  highest: 0.5,
  find: ({ text }, report) => {
    for (const { index, 0: match } of text.matchAll(insurance)) report(index, index + match.length, 0.5)
  },
}
