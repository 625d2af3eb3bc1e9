/** Where the bytes sent differ from the bytes received: `length` of them at `at` replaced. */
export type Splice = { readonly at: number; readonly length: number; readonly with: string }
