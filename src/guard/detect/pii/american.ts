import { isDea } from './checksums.ts'
import { digitsFrom, digitsIn, endOf, isGrouped, jointAfter, startOf, type Reading } from './reading.ts'
import { certain, type Recogniser, type Report } from './recogniser.ts'

/** Numbers of the United States: social security, taxes, passports, licences. */
const weakest = 0.05

export const socialSecurity: Recogniser = {
  kind: 'US_SSN',
  context: ['social', 'security', 'ssn', 'ss#', 'ssid'],
  highest: 0.5,
  find: (reading, report) => {
    const shapes: readonly Shape[] = [
      { lengths: [3, 2, 4], joints: '- .', score: 0.5 },
      { lengths: [5, 4], joints: '-', score: weakest },
      { lengths: [3, 6], joints: '-', score: weakest },
      { lengths: [9], joints: '', score: weakest },
    ]
    reportShapes(reading, report, shapes, isSocialSecurity)
  },
}

/** Never given out: 000, 666, 00 or 0000 in a place, one digit throughout, and those printed in advertisements. */
function isSocialSecurity(digits: string): boolean {
  return !/^(?:(\d)\1{8}|...00|.{5}0000|000|666|123456789|98765432|078051120)/.test(digits)
}

export const taxpayer: Recogniser = {
  kind: 'US_ITIN',
  context: ['individual', 'taxpayer', 'itin', 'tax', 'payer', 'ssn', 'social security'],
  highest: 0.5,
  find: (reading, report) => {
    const shapes: readonly Shape[] = [
      { lengths: [3, 2, 4], joints: '- ', score: 0.5 },
      { lengths: [3, 6], joints: '- ', score: weakest },
      { lengths: [5, 4], joints: '- ', score: weakest },
      { lengths: [9], joints: '', score: 0.3 },
    ]
    reportShapes(reading, report, shapes, (digits) => /^9..(?:5|6[0-5]|7|8[0-8]|9[0-24-9])/.test(digits))
  },
}

type Shape = { readonly lengths: readonly number[]; readonly joints: string; readonly score: number }

function reportShapes(
  reading: Reading,
  report: Report,
  shapes: readonly Shape[],
  isRight: (digits: string) => boolean,
): void {
  const starts = new Set(shapes.map(({ lengths }) => lengths[0]))
  for (let token = 0; token < reading.count; token++) {
    if (!starts.has(digitsIn(reading, token))) continue
    for (const { lengths, joints, score } of shapes) {
      if (!isGrouped(reading, token, lengths, joints) || !isOneJoint(reading, token, lengths.length)) continue
      const last = token + lengths.length - 1
      if (isRight(digitsFrom(reading, token, last)))
        report(startOf(reading, token), endOf(reading, last), score)
      break
    }
  }
}

function isOneJoint(reading: Reading, token: number, groups: number): boolean {
  return groups < 3 || jointAfter(reading, token) === jointAfter(reading, token + 1)
}

export const passport: Recogniser = {
  kind: 'US_PASSPORT',
  context: ['passport', 'travel', 'us passport'],
  highest: 0.1,
  find: (reading, report) => {
    for (const token of reading.long) {
      const [start, end] = [startOf(reading, token), endOf(reading, token)]
      if (end - start !== 9) continue
      if (digitsIn(reading, token) === 9) report(start, end, weakest)
      else if (/^[A-Za-z]\d{8}$/.test(reading.text.slice(start, end))) report(start, end, 0.1)
    }
  },
}

/** Letters and digits as the states arrange them; digits alone are next to nothing. */
const licence =
  /^(?:[A-Z]\d{1,14}|[A-Z]\d{18}|[A-Z]{2}\d{2,7}|\d\d[A-Z]{3}\d{5,6}|[A-Z]\d{6}R|\d{9}[A-Z]|[A-Z]{2}\d{6}[A-Z]|\d{8}[A-Z]{2}|\d{3}[A-Z]{2}\d{4}|[A-Z]\d[A-Z]\d[A-Z]|\d{7,8}[A-Z]|[A-Z][A-Z\d]{11})$/i
const longestLicence = 19

export const driverLicence: Recogniser = {
  kind: 'US_DRIVER_LICENSE',
  context: ['driver', 'license', 'permit', 'lic', 'identification', 'dls', 'driving'],
  highest: 0.3,
  find: (reading, report) => {
    for (let token = 0; token < reading.count; token++) {
      const [start, end] = [startOf(reading, token), endOf(reading, token)]
      const length = end - start
      if (length < 2 || length > longestLicence) continue
      if (digitsIn(reading, token) > 0) {
        if ((length >= 6 && length <= 14) || length === 16) report(start, end, 0.01)
      } else if (licence.test(reading.text.slice(start, end))) report(start, end, 0.3)
    }
  },
}

/** Those who may prescribe: a letter for what they are, one of their name or 9, and seven digits. */
export const medicalLicence: Recogniser = {
  kind: 'MEDICAL_LICENSE',
  context: ['medical', 'certificate', 'dea', 'license'],
  highest: certain,
  find: (reading, report) => {
    for (const token of reading.long) {
      const [start, end] = [startOf(reading, token), endOf(reading, token)]
      if (end - start !== 9 || reading.digits[token] === 1) continue
      const text = reading.text.slice(start, end)
      if (/^[a-hj-mpr-ux][a-z9]\d{7}$/i.test(text) && isDea(text.slice(2))) report(start, end, certain)
    }
  },
}
