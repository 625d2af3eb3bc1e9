/** Time as a value, so that tests own it. */
export type Clock = () => number

/** Milliseconds since 1970 with fractions: one reading serves as a date and as a duration. */
export const wallClock: Clock = () => performance.timeOrigin + performance.now()
