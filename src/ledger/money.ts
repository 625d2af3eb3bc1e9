/**
 * Money in whole picodollars: a price for a million tokens, exact to a millionth of a dollar, is a whole number of them
 * for one token, so that amounts and their sums are whole numbers too (docs/decisions/0010). A number is exact up to
 * 9,007 dollars, which is for one answer; sums are added up in two parts.
 */
export type Picodollars = number

export const currency = 'USD'

/** Of which whole parts sums are made: millionths of a dollar, and what is left. */
export const perMicrodollar = 1_000_000
const perDollar = 1_000_000_000_000n

/** What one unit costs, from a price in dollars for `per` of them; null for what is no price. */
export function rateOf(dollars: number, per: number): Picodollars | null {
  const rate = Math.round((dollars * 1e12) / per)
  return Number.isSafeInteger(rate) && rate >= 0 ? rate : null
}

/** Null where a number can no longer say it exactly: no provider counts so many. */
export function amountOf(quantity: number, rate: Picodollars): Picodollars | null {
  const amount = Math.round(quantity * rate)
  return Number.isSafeInteger(amount) ? amount : null
}

/** Dollars as people and JSON read them, `0.00375`: exact, without an exponent or zeros at the end. */
export function dollars(amount: Picodollars | bigint): string {
  const whole = BigInt(amount)
  const positive = whole < 0n ? -whole : whole
  const cents = String(positive % perDollar)
    .padStart(12, '0')
    .replace(/0+$/, '')
  return `${whole < 0n ? '-' : ''}${positive / perDollar}${cents === '' ? '' : `.${cents}`}`
}

/** A sum that was kept in its two parts. */
export function wholeOf(micro: number, rest: number): bigint {
  return BigInt(micro) * BigInt(perMicrodollar) + BigInt(rest)
}
