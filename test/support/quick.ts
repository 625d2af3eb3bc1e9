/**
 * `bun run check` sets WEIR_QUICK and looks at a part of what every other run looks at in full: cuts together that are
 * far from each other, every seventh place instead of each. That is 8 s of CPU less.
 */
export const isQuick = process.env['WEIR_QUICK'] === '1'

/** How far from each place where something is tried the next one is. */
export const stride = isQuick ? 7 : 1
