/** Rules, imported as the texts that they are. */
declare module '*.gr' {
  const text: string
  export = text
}
