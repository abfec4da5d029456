import type { Random } from '../../faults/load/random.ts';

const NO_DAYS = [
  ...['2027-02-29', '2027-13-01', '2027-00-10', '2027-04-31', '0000-00-00', '9999-12-31', '0001-01-01', '2027-2-4'],
  ...[
    '10000-01-01',
    '-2027-02-04',
    '2027-02-04T00:00:00Z',
    '20270204',
    '٢٠٢٧-٠٢-٠٤',
    '2027-02-04 ',
    '2027–02–04',
    'today',
  ],
];
const INJECTIONS = [
  ...[
    "' OR '1'='1",
    '1; DROP TABLE rooms;--',
    "Robert'); DELETE FROM bookings;--",
    '" UNION SELECT * FROM outbox --',
    '%27%20OR%201=1',
  ],
  ...[
    '\r\nset-cookie: owned=1',
    '\n{"level":"fatal","msg":"owned"}',
    '<script>alert(1)</script>',
    '${7*7}',
    '{{7*7}}',
    '$(id)',
  ],
  ...['../../etc/passwd', '..%2f..%2fetc', '\\..\\..', 'file:///etc/passwd', '/dev/null', 'http://169.254.169.254/'],
  ...['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'null', 'undefined', 'NaN', 'true'],
];
const TEXTS = [
  ...[
    '',
    ' ',
    '\0',
    'a\0b',
    '\u0007',
    '\u001b[31m',
    '\u202etxt.exe',
    '\ufeff',
    '\ufffd',
    '\ud800',
    '\udfff\ud800',
    '\u2028',
  ],
  ...[
    'é',
    'e\u0301',
    'ﬀ',
    'İ',
    'ß',
    '👩‍👩‍👧‍👦',
    '𝟙𝟘𝟙',
    '١٠١',
    '１０１',
    '💥'.repeat(60),
    'Z̷̨͘a̶lgo',
    'x'.repeat(101),
    'x'.repeat(10_000),
  ],
];
const NUMBERS = [
  ...[
    0,
    -0,
    -1,
    1,
    1.5,
    2,
    7,
    10,
    11,
    200,
    201,
    2 ** 31 - 1,
    2 ** 31,
    2 ** 32,
    2 ** 53 - 1,
    2 ** 53,
    2 ** 63,
    1e15,
    1e21,
  ],
  ...[-(2 ** 63), 1e308, -1e308, 5e-324, 0.1 + 0.2],
];
/** JSON texts that JavaScript would not write. */
const RAW_NUMBERS = [
  '1e400',
  '-1e400',
  '1E1',
  '1.0',
  '-0',
  '0.0000000000000000000001',
  '9'.repeat(400),
  `1${'0'.repeat(30)}`,
  '1e-400',
];

/** As they appear in JSON. */
export function hostileJson(random: Random): string {
  switch (random.int(0, 8)) {
    case 0:
      return random.pick(['null', 'true', 'false', '[]', '{}', '[[]]', '[null]', '{"__proto__":{"id":1}}']);
    case 1:
      return random.pick(RAW_NUMBERS);
    case 2:
      return JSON.stringify(random.pick(NUMBERS));
    case 3: {
      const levels = random.pick([10, 1_000, 10_000, 20_000]);
      return random.chance(0.5)
        ? '['.repeat(levels) + ']'.repeat(levels)
        : `${'{"a":'.repeat(levels / 2)}1${'}'.repeat(levels / 2)}`;
    }
    default:
      return JSON.stringify(hostileText(random));
  }
}

/** Text for a path, a query or a header, before encoding. */
export function hostileText(random: Random): string {
  switch (random.int(0, 4)) {
    case 0:
      return random.pick(NO_DAYS);
    case 1:
      return random.pick(INJECTIONS);
    case 2:
      return String(random.pick(NUMBERS));
    case 3:
      return String.fromCharCode(...Array.from({ length: random.int(1, 12) }, () => random.int(0, 0xffff)));
    default:
      return random.pick(TEXTS);
  }
}

/** Valid, or nearly so. */
export function plausibleDay(random: Random): string {
  const two = (from: number, to: number) => String(random.int(from, to)).padStart(2, '0');
  return `${random.int(2020, 2040)}-${two(1, 12)}-${two(1, 28)}`;
}
