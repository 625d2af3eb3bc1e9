import { digitsIn, endOf, jointAfter, startOf, type Reading } from './reading.ts'
import type { Recogniser, Report } from './recogniser.ts'

/** Dates as they are written in numbers or with the month's name. What is relative ("last week") takes a model. */
const [plain, timed] = [0.6, 0.8]
const monthName = '(?:jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)'
const monthNames =
  '(?:january|february|march|april|may|june|july|august|september|october|november|december|' +
  `${monthName.slice(3)}`

export const dateTime: Recogniser = {
  kind: 'DATE_TIME',
  context: ['date', 'birthday', 'birth', 'dob', 'born'],
  highest: timed,
  find: (reading, report) => {
    for (let token = 0; token < reading.count; token++) {
      const length = endOf(reading, token) - startOf(reading, token)
      if (reading.digits[token] === 1 && (length <= 2 || length === 4)) {
        reportNamed(reading, token, report)
        reportNumbers(reading, token, report)
      } else if (length > 2) {
        reportTimed(reading, token, report)
        // 3rd, 12th
        if (length <= 4) reportNamed(reading, token, report)
      }
    }
  },
}

/** 12 March 2024, 12-MAR-2024, 12-MAR. */
const dayFirst = new RegExp(
  `(?:[0-3]?\\d(?:st|nd|rd|th)? (?:of )?${monthNames}\\.?,? \\d{4}|[0-3]?\\d-${monthName}(?:-(?:\\d{4}|\\d\\d))?)(?!\\w)`,
  'iy',
)
/** March 12th, 2024, and MAR-2024: what may stand before the number. */
const monthBefore = new RegExp(`(?:^|[^\\w-])(${monthNames}\\.? |${monthName}-)$`, 'i')
const yearAfter = /,? \d{4}(?!\w)/y
const longestMonth = 12

function reportNamed(reading: Reading, token: number, report: Report): void {
  const { text } = reading
  const [start, end] = [startOf(reading, token), endOf(reading, token)]
  if (isJoint(text, end) && isLetter(text, end + 1)) {
    dayFirst.lastIndex = start
    const match = dayFirst.exec(text)
    if (match !== null) report(start, start + match[0].length, plain)
  } else if (
    start > 0 &&
    isJoint(text, start - 1) &&
    (isLetter(text, start - 2) || text.charAt(start - 2) === '.')
  ) {
    const month = monthBefore.exec(text.slice(Math.max(0, start - longestMonth), start))?.[1]
    if (month === undefined) return
    yearAfter.lastIndex = end
    const after = month.endsWith('-') ? '' : yearAfter.exec(text)?.[0]
    const isWhole = month.endsWith('-') ? reading.digits[token] === 1 && end - start !== 1 : end - start <= 4
    if (after !== undefined && isWhole) report(start - month.length, end + after.length, plain)
  }
}

function isJoint(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  return code === 0x20 || code === 0x2d
}

function isLetter(text: string, at: number): boolean {
  const code = text.charCodeAt(at) | 0x20
  return code >= 0x61 && code <= 0x7a
}

function reportNumbers(reading: Reading, token: number, report: Report): void {
  const joint = jointAfter(reading, token)
  if (joint !== '/' && joint !== '-' && joint !== '.') return
  const [one, two] = [digitsIn(reading, token), digitsIn(reading, token + 1)]
  const isThree = two > 0 && two <= 2 && jointAfter(reading, token + 1) === joint
  if (isThree && isDate(reading, token, joint))
    report(startOf(reading, token), endOf(reading, token + 2), plain)
  else if (joint === '/' && one < 4 && isMonth(numberAt(reading, token))) {
    const [start, end] = [startOf(reading, token), endOf(reading, token + 1)]
    if (two === 4) report(start, end, 0.2)
    if (two === 2 && numberAt(reading, token + 1) > 0) report(start, end, 0.1)
  }
}

/** Year, month, day; or a day and a month before a year, in either order where a sign leaves it open. */
function isDate(reading: Reading, token: number, joint: string): boolean {
  const [one, three] = [digitsIn(reading, token), digitsIn(reading, token + 2)]
  const [first, second] = [numberAt(reading, token), numberAt(reading, token + 1)]
  if (one === 4) {
    return joint !== '.' && three > 0 && three <= 2 && isMonth(second) && isDay(numberAt(reading, token + 2))
  }
  if (three !== 4 && (three !== 2 || joint === '-')) return false
  return (isDay(first) && isMonth(second)) || (joint !== '.' && isMonth(first) && isDay(second))
}

/** A token of one, two or four digits as a number. */
function numberAt(reading: Reading, token: number): number {
  let value = 0
  for (let at = startOf(reading, token); at < endOf(reading, token); at++) {
    value = value * 10 + reading.text.charCodeAt(at) - 0x30
  }
  return value
}

function isMonth(value: number): boolean {
  return value >= 1 && value <= 12
}

function isDay(value: number): boolean {
  return value >= 1 && value <= 31
}

const clock =
  /^(\d{4})-(\d\d)-(\d\d)[Tt]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|z|[+-]\d\d:?\d\d)?(?![\dA-Za-z])/
const mostClock = 40

/** 2024-03-12T10:00:00Z: of its tokens the one with the T tells it. */
function reportTimed(reading: Reading, token: number, report: Report): void {
  const { text } = reading
  const own = startOf(reading, token)
  if ((text.charCodeAt(own + 2) | 0x20) !== 0x74 || own < 8 || text.charAt(own - 1) !== '-') return
  const start = own - 8
  const match = clock.exec(text.slice(start, start + mostClock))
  if (match === null || !isMonth(Number(match[2])) || !isDay(Number(match[3]))) return
  if (start === 0 || !/[\dA-Za-z]/.test(text.charAt(start - 1))) report(start, start + match[0].length, timed)
}
