/** Something in a text that people put there who mean harm, by its name, and where. A sign is no proof. */
export type Sign = { readonly kind: string; readonly start: number; readonly end: number }
