/**
 * Secrets that only their names tell: `password = "..."`, `"api_key": "..."`, where the value looks like nothing that
 * a person would write. Placeholders, variables and calls are none.
 */
export type Assigned = { readonly kind: string; readonly start: number; readonly end: number }

const names = [
  ...['secret', 'token', 'passwd', 'password', 'passphrase', 'credential', 'apikey', 'api_key', 'api-key'],
  ...['access_key', 'access-key', 'accesskey', 'private_key', 'private-key', 'auth_key', 'pwd'],
]
const rest = /[\w.-]{0,20}["'`]?[ \t]{0,4}(?::=|=>|=|:)[ \t]{0,4}(["'`]?)([^\s"'`,;<>(){}$]{8,200})(["'`(]?)/y
const placeholder =
  /^(?:x{4}|\*{3}|\.{3}|your|my[_-]|example|changeme|change[_-]me|placeholder|none$|null$|undefined|true$|false$|process\.|os\.|env[.[]|self\.|this\.)/i

/** Bits for each character. English is near 4 only in long texts; a random value of 16 hexadecimal digits near 3.4. */
const [leastRandom, leastPassword] = [3, 2.5]
const [shortestRandom, shortestPassword] = [16, 8]

export function assignedSecrets(text: string, lower: string): Assigned[] {
  const found: Assigned[] = []
  for (const name of names) {
    for (let at = lower.indexOf(name); at !== -1; at = lower.indexOf(name, at + name.length)) {
      rest.lastIndex = at + name.length
      const match = rest.exec(text)
      if (match === null) continue
      const [, open = '', value = '', close = ''] = match
      const isPassword = name.startsWith('pass') || name === 'pwd'
      if (close === '(' || placeholder.test(value) || !isRandom(value, isPassword, open !== '')) continue
      const end = rest.lastIndex - close.length
      found.push({ kind: 'GENERIC_SECRET', start: end - value.length, end })
    }
  }
  return found
}

const awsSecret = /(?<![A-Za-z0-9/+])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])/g
const awsName = /aws.{0,20}?(?:key|pwd|pw|password|pass|token).{0,20}$/i
const mostBefore = 60

/** The secret half of Amazon's keys: forty characters behind a name that says so. */
export function awsSecrets(text: string, lower: string): Assigned[] {
  if (!lower.includes('aws')) return []
  const found: Assigned[] = []
  for (const { index } of text.matchAll(awsSecret)) {
    const from = Math.max(0, index - mostBefore)
    if (lower.lastIndexOf('aws', index) < from || !awsName.test(text.slice(from, index))) continue
    found.push({ kind: 'AWS_ACCESS_KEY', start: index, end: index + 40 })
  }
  return found
}

/** A password in quotes may be short; without them it is told from a word by its digits. */
function isRandom(value: string, isPassword: boolean, isQuoted: boolean): boolean {
  const isShort = isPassword && isQuoted
  if (value.length < (isShort ? shortestPassword : shortestRandom)) return false
  if (!/\d/.test(value) || !/[A-Za-z]/.test(value)) return false
  return entropyOf(value) >= (isShort ? leastPassword : leastRandom)
}

export function entropyOf(value: string): number {
  const counts = new Map<string, number>()
  for (const letter of value) counts.set(letter, (counts.get(letter) ?? 0) + 1)
  let bits = 0
  for (const count of counts.values()) bits -= (count / value.length) * Math.log2(count / value.length)
  return bits
}
