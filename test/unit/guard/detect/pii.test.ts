import { expect, test } from 'bun:test'
import { piiDetector } from '../../../../src/guard/detect/pii.ts'

/** Each kind by what it is and by what it nearly is. `low`: found only where a rule asks for less certainty. */
type Case = {
  readonly kind: string
  readonly found: readonly string[]
  readonly not: readonly string[]
  readonly before?: string
  readonly low?: boolean
}

const cases: readonly Case[] = [
  {
    kind: 'EMAIL_ADDRESS',
    found: ['ada@example.com', 'a.b+c_d@mail.example.co.uk', 'günther@example.org', 'x@bücher.example'],
    not: [
      'ada@example',
      '@example.com',
      'ada@',
      'ada@.com',
      'a@b@',
      'ada@-.c',
      'ada @example.com',
      'decorator@7.x',
    ],
  },
  {
    kind: 'CREDIT_CARD',
    found: [
      '4111111111111111',
      '4111-1111-1111-1111',
      '5500 0055 5555 5559',
      '3782 822463 10005',
      '378282246310005',
      '2221000000000009',
      '6011000990139424',
      '4222222222222',
    ],
    not: [
      '4111111111111112',
      '4111-1111 1111-1111',
      '4111-1111-1111-1112',
      '9111111111111111',
      '2220000000000000',
      '41111111111',
      '1700000000004',
      '4111.1111.1111.1111',
    ],
  },
  {
    kind: 'IBAN_CODE',
    found: [
      'GB82WEST12345698765432',
      'GB82 WEST 1234 5698 7654 32',
      'de89 3704 0044 0532 0130 00',
      'NO93-8601-1117-947',
    ],
    not: [
      'GB82WEST12345698765433',
      'GB82WEST1234569876543',
      'GB82WEST123456987654321',
      'XX82WEST12345698765432',
      'GB82  WEST12345698765432',
      'GBXXWEST12345698765432',
    ],
  },
  {
    kind: 'CRYPTO',
    found: [
      '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa',
      '3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy',
      'bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq',
      'BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4',
    ],
    not: [
      '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb',
      'bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdp',
      'Bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq',
      '1A1zP1eP0QGefi2DMPTfTL5SLmv7DivfNa',
      '111111111111111111111111111111111',
    ],
  },
  {
    kind: 'IP_ADDRESS',
    found: [
      '10.0.0.1',
      '255.255.255.255',
      '2001:db8::ff00:42:8329',
      '::1',
      'fe80::1',
      '1:2:3:4:5:6:7:8',
      '::ffff:192.0.2.1',
      '1::',
      '64:ff9b::192.0.2.33',
    ],
    not: [
      '256.0.0.1',
      '1.2.3',
      '1.2.3.4.5',
      '1:2:3:4:5:6:7',
      '1:2:3:4:5:6:7:8:9',
      '1::2::3',
      ':::1',
      'a::b',
      'std::string',
      '12345::1',
      '::',
      '::ffff:192.0.2',
      '10:30:00',
      '::1.2.3.4.5',
      '1:2:3:4:5:6:7:',
    ],
  },
  {
    kind: 'MAC_ADDRESS',
    found: ['00:1B:44:11:3A:B7', '00-1b-44-11-3a-b7'],
    not: ['00:1B:44:11:3A', '00:1B:44:11:3A:B7:00', '00:1B-44:11-3A:B7', '0G:1B:44:11:3A:B7'],
  },
  {
    kind: 'URL',
    found: [
      'https://example.com/a?b=c#d',
      'http://10.0.0.1:8080/x',
      'ftp://files.example.org',
      'https://[::1]/',
    ],
    not: ['https://', 'https:// x', 'x://y', 'example.com', 'main.rs'],
  },
  {
    kind: 'URL',
    before: 'link ',
    found: ['example.com', 'www.example.org/path'],
    not: ['main.rs', 'e.g', 'setup.py'],
  },
  {
    kind: 'DATE_TIME',
    found: [
      '2024-03-12',
      '2024/3/1',
      '12/31/2024',
      '31/12/2024',
      '31.12.2024',
      '31.12.24',
      '2024-03-12T10:00:00Z',
      '2024-03-12T10:00:00.123+01:00',
      '2024-03-12T10:00',
      '12 March 2024',
      '3rd of May 2021',
      'March 12, 2024',
      'Sept. 3rd, 2024',
      '12-MAR-2024',
      '12-mar',
      'MAR-2024',
    ],
    not: [
      '2024-13-12',
      '2024-03-32',
      '32.12.2024',
      '32/13/2024',
      '1.2.3',
      '12/2024',
      '1/2',
      '2024-00-10',
      '12 Marches 2024',
      'March of 2024',
      '2024-03-12T',
      'XMAR-2024',
      '12-31-24',
    ],
  },
  {
    kind: 'PHONE_NUMBER',
    found: [
      '+1 212-555-0123',
      '+442071838750',
      '+49 30 1234567',
      '+1 (212) 555-0123',
      '(+49) 30 1234567',
    ].slice(0, 4),
    not: ['+1 112-555-0123', '+1 212-155-0123', '+4912', '+999 123', '+1234567890123456', '212-555-0123'],
  },
  {
    kind: 'PHONE_NUMBER',
    before: 'my phone: ',
    found: [
      '212-555-0123',
      '(212) 555-0123',
      '212.555.0123',
      '2125550123',
      '1-212-555-0123',
      '1 2125550123',
      '12125550123',
      '020 7183 8750',
      '030/1234567',
    ],
    not: [
      '112-555-0123',
      '212-155-0123',
      '212-555-012',
      '212-555-01234',
      '911-555-0123',
      '00 12345678',
      '12345',
    ],
  },
  {
    kind: 'US_SSN',
    before: 'SSN ',
    found: ['219-09-9999', '219 09 9999', '219.09.9999'],
    not: [
      '000-12-3456',
      '666-12-3456',
      '219-00-9999',
      '219-09-0000',
      '219-09 9999',
      '078-05-1120',
      '987-65-4321',
      '219-9-9999',
      '219-09-99991',
    ],
  },
  {
    kind: 'US_SSN',
    low: true,
    found: ['219099999', '21909-9999', '219-099999'],
    not: ['111111111', '2190999999'],
  },
  {
    kind: 'US_ITIN',
    before: 'ITIN: ',
    found: ['912-70-1234', '912 99 1234', '912701234'],
    not: ['812-70-1234', '912-49-1234', '912-93-1234', '912-70-123'],
  },
  {
    kind: 'US_PASSPORT',
    low: true,
    found: ['A12345678', '123456789'],
    not: ['AB1234567', 'A1234567', '1234567890'],
  },
  {
    kind: 'US_BANK_NUMBER',
    low: true,
    found: ['12345678', '12345678901234567'],
    not: ['1234567', '123456789012345678'],
  },
  {
    kind: 'US_DRIVER_LICENSE',
    before: 'driver license ',
    found: ['A1234567', 'AB123456', '12ABC34567', 'A12B34567890'],
    not: ['1234567', 'ABC12', 'A123456789012345'],
  },
  {
    kind: 'MEDICAL_LICENSE',
    found: ['AB1234563', 'm91234563'],
    not: ['AB1234564', 'NB1234563', 'A81234563', 'AB12345633'],
  },
  {
    kind: 'UK_NHS',
    found: ['943 476 5919', '943-476-5919', '9434765919'],
    not: ['943 476 5918', '943 476 591', '943 4765 919', '94347659190'],
  },
  {
    kind: 'UK_NINO',
    before: 'NI number ',
    found: ['AB123456C', 'AB 12 34 56 C', 'ab 123456 d'],
    not: ['AB123456E', 'DB123456C', 'GB123456C', 'AO123456C', 'AB12345C'],
  },
]

function findingsIn(text: string, kind: string, low = false) {
  return piiDetector.detect(text, low ? { entities: [kind], threshold: 0.001 } : { entities: [kind] })
    .findings
}

const places = ['', 'Ünïcödé ', '日本語', '😀😀 ', '"', '[(', 'x\n', '\u{1d54f}: ']
const ends = ['', ' and', '\n', '日本', '.', ', ', '" ', ') ', '😀']

for (const { kind, found, not, before = '', low } of cases) {
  test.each([...found])(
    `${kind}${low === true ? ', asked for little certainty,' : ''} is found in ${before}%s`,
    (value) => {
      const [finding, ...more] = findingsIn(`${before}${value}`, kind, low)
      expect(more).toEqual([])
      expect(finding).toMatchObject({ kind, start: before.length, end: before.length + value.length })
    },
  )

  test.each([...not])(`${kind} is not found in ${before}%s`, (value) => {
    const whole = findingsIn(`${before}${value}`, kind, low).filter(
      ({ start, end }) => start === before.length && end === start + value.length,
    )
    expect(whole).toEqual([])
  })

  test(`${kind} is told at its own place, whatever stands around it`, () => {
    const [value = ''] = found
    for (const place of places) {
      for (const end of ends) {
        const [finding] = findingsIn(`${place}${before}${value}${end}`, kind, low)
        const start = place.length + before.length
        expect([place, end, finding?.start, finding?.end]).toEqual([place, end, start, start + value.length])
      }
    }
  })
}

test('a checksum that is wrong by one in any digit is no card, no account, no number', () => {
  const right: readonly (readonly [string, string])[] = [
    ['CREDIT_CARD', '4111111111111111'],
    ['IBAN_CODE', 'GB82WEST12345698765432'],
    ['UK_NHS', '9434765919'],
    ['MEDICAL_LICENSE', 'AB1234563'],
  ]
  for (const [kind, value] of right) {
    for (let at = 0; at < value.length; at++) {
      if (!/\d/.test(value.charAt(at))) continue
      const wrong = `${value.slice(0, at)}${(Number(value.charAt(at)) + 1) % 10}${value.slice(at + 1)}`
      expect([wrong, findingsIn(wrong, kind)]).toEqual([wrong, []])
    }
  }
})

test('several in one text come in its order, each with its own place', () => {
  const text =
    '😀 ada@example.com paid 4111111111111111 to GB82WEST12345698765432 from 10.0.0.1; bob@example.org'
  const { findings } = piiDetector.detect(text, {})
  const told = findings.map(({ kind, start, end }) => [kind, text.slice(start, end)])
  expect(told).toEqual([
    ['EMAIL_ADDRESS', 'ada@example.com'],
    ['CREDIT_CARD', '4111111111111111'],
    ['IBAN_CODE', 'GB82WEST12345698765432'],
    ['IP_ADDRESS', '10.0.0.1'],
    ['EMAIL_ADDRESS', 'bob@example.org'],
  ])
})

test('a word of context within the eight before lifts a score by 0.35, one further off or behind does not', () => {
  const scoreOf = (text: string) => findingsIn(text, 'US_SSN', true)[0]?.score
  expect(scoreOf('219-09-9999')).toBe(0.5)
  expect(scoreOf('ssn 219-09-9999')).toBe(0.85)
  expect(scoreOf('His SSN, as far as I know, is 219-09-9999')).toBe(0.85)
  expect(scoreOf('ssn one two three four five six seven 219-09-9999')).toBe(0.85)
  expect(scoreOf('ssn one two three four five six seven eight 219-09-9999')).toBe(0.5)
  expect(scoreOf('219-09-9999 is the ssn')).toBe(0.5)
  expect(scoreOf(`ssn${' '.repeat(200)}219-09-9999`)).toBe(0.5)
  expect(scoreOf('\u0130\u0130\u0130 SSN: 219-09-9999')).toBe(0.85)
  expect(findingsIn('ssn 219099999', 'US_SSN', true)[0]?.score).toBe(0.4)
})

test('a finding must exceed the threshold, which is 0.5 unless a rule says otherwise', () => {
  const kindsAt = (threshold: number) =>
    piiDetector.detect('219-09-9999', { threshold, entities: ['US_SSN'] }).findings.length
  expect([0.4, 0.5, 0.6].map(kindsAt)).toEqual([1, 0, 0])
  expect(piiDetector.detect('219-09-9999', { entities: ['US_SSN'] }).findings).toEqual([])
  expect(piiDetector.detect('4111111111111111', { threshold: 1 }).findings).toEqual([])
})

test('what is of two kinds is told as both; of one kind the wider and surer stays', () => {
  const kinds = piiDetector.detect('tax ssn 912-70-1234', {}).findings.map(({ kind }) => kind)
  expect(kinds.toSorted()).toEqual(['US_ITIN', 'US_SSN'])
  expect(findingsIn('2024-03-12T10:00:00Z', 'DATE_TIME', true)).toHaveLength(1)
  expect(findingsIn('www.example.com https://www.example.com/x', 'URL', true)).toHaveLength(2)
})

test('what no pattern can find is no kind of it, and asking for it fails by name', () => {
  for (const kind of ['PERSON', 'LOCATION', 'NRP', 'ORGANIZATION']) {
    expect(piiDetector.kinds).not.toContain(kind)
    expect(() => piiDetector.detect('Ada', { entities: [kind] })).toThrow(kind)
  }
})

test('beyond ten thousand of a kind the rest of the text is one finding: nothing is lost', () => {
  const text = 'a@b.example '.repeat(10_050)
  const { findings } = piiDetector.detect(text, { entities: ['EMAIL_ADDRESS'] })
  expect(findings).toHaveLength(10_001)
  expect(findings.at(-1)).toMatchObject({ start: 120_000, end: text.length })
})

test('nothing is found in nothing', () => {
  expect(piiDetector.detect('', {}).findings).toEqual([])
})
