/** The sums that numbers carry so that a slip of the pen is noticed. */

/** Cards: every second digit from the right counts twice. */
export function isLuhn(digits: string): boolean {
  let sum = 0
  for (let at = digits.length - 1, isTwice = false; at >= 0; at--, isTwice = !isTwice) {
    const digit = digits.charCodeAt(at) - 0x30
    sum += isTwice ? (digit > 4 ? digit * 2 - 9 : digit * 2) : digit
  }
  return sum % 10 === 0
}

/** IBAN: the first four characters go last, letters are 10 to 35, and the number leaves 1 when divided by 97. */
export function isIban(codes: Uint8Array): boolean {
  let rest = 0
  for (let at = 0; at < codes.length; at++) {
    const code = codes[(at + 4) % codes.length] ?? 0
    rest = code <= 0x39 ? (rest * 10 + code - 0x30) % 97 : (rest * 100 + (code | 0x20) - 0x57) % 97
  }
  return rest === 1
}

/** NHS numbers: weights 10 to 1, and the sum is a multiple of 11. */
export function isNhs(digits: string): boolean {
  let sum = 0
  for (let at = 0; at < 10; at++) sum += (digits.charCodeAt(at) - 0x30) * (10 - at)
  return sum % 11 === 0
}

/** DEA numbers: odd places plus twice the even ones end in the seventh digit. */
export function isDea(digits: string): boolean {
  const at = (index: number): number => digits.charCodeAt(index) - 0x30
  return (at(0) + at(2) + at(4) + 2 * (at(1) + at(3) + at(5))) % 10 === at(6)
}

const base58 = new Int8Array(128).fill(-1)
;[...'123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'].forEach((letter, value) => {
  base58[letter.charCodeAt(0)] = value
})
const addressBytes = 25
const versions: readonly number[] = [0x00, 0x05]

/** Bitcoin's older addresses: 25 bytes whose last four are the start of a double hash of the rest. */
export function isBase58Address(text: string): boolean {
  const bytes = new Uint8Array(addressBytes)
  for (let at = 0; at < text.length; at++) {
    let carry = base58[text.charCodeAt(at)] ?? -1
    if (carry < 0) return false
    for (let index = addressBytes - 1; index >= 0; index--) {
      carry += (bytes[index] ?? 0) * 58
      bytes[index] = carry & 0xff
      carry >>= 8
    }
    if (carry > 0) return false
  }
  if (!versions.includes(bytes[0] ?? -1)) return false
  const once = Bun.SHA256.hash(bytes.subarray(0, addressBytes - 4))
  const sum = Bun.SHA256.hash(once)
  return [0, 1, 2, 3].every((at) => sum[at] === bytes[addressBytes - 4 + at])
}

const bech32 = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l'
const generators: readonly number[] = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3]
/** Bech32, and its successor for addresses of version 1 and above. */
const residues: readonly number[] = [1, 0x2bc830a3]

/** Bitcoin's newer addresses, `bc1` and a checksum over everything. One case throughout. */
export function isBech32Address(text: string): boolean {
  const lower = text.toLowerCase()
  if (text !== lower && text !== text.toUpperCase()) return false
  let sum = 1
  const add = (value: number): void => {
    const top = sum >>> 25
    sum = ((sum & 0x1ffffff) << 5) ^ value
    generators.forEach((generator, bit) => {
      if ((top >>> bit) & 1) sum ^= generator
    })
  }
  // The part before the 1, `bc`: its high bits, a zero, its low bits.
  for (const value of [3, 3, 0, 2, 3]) add(value)
  for (const letter of lower.slice(3)) {
    const value = bech32.indexOf(letter)
    if (value < 0) return false
    add(value)
  }
  return residues.includes(sum >>> 0)
}
