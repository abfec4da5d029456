const ZEROS = /^0+$/;
const FLAGS = [
  {
    bit: 0x01,
    on: 'sampled: the caller may have recorded its span',
    off: 'not sampled: the caller did not record its span',
  },
  {
    bit: 0x02,
    on: 'random: the last 7 bytes of the trace id are random (level 2)',
    off: 'random: not promised (level 1 has no such flag)',
  },
];

export interface Field {
  name: string;
  value: string;
  meaning: string;
}

export type Decoded = { fields: Field[] } | { problems: string[] };

/**
 * Reads a `traceparent` field by field, or returns what is wrong with it. A receiver ignores an invalid header and
 * starts a new trace. https://www.w3.org/TR/trace-context-2/#traceparent-header
 */
export function decodeTraceparent(text: string): Decoded {
  const [version = '', traceId = '', parentId = '', flags = '', ...more] = text.trim().split('-');
  const problems: string[] = [];
  const check = (name: string, value: string, length: number) => {
    if (!new RegExp(`^[0-9a-f]{${length}}$`).test(value)) {
      const capitals = /[A-F]/.test(value) ? ' (capitals are not allowed)' : '';
      problems.push(`${name} must be ${length} digits 0-9a-f, but is "${value}"${capitals}`);
    }
  };
  check('version', version, 2);
  check('trace-id', traceId, 32);
  check('parent-id', parentId, 16);
  check('trace-flags', flags, 2);
  if (version === 'ff') problems.push('version ff is forbidden');
  if (version === '00' && more.length > 0) problems.push(`version 00 has 4 fields, but there are ${4 + more.length}`);
  if (ZEROS.test(traceId)) problems.push('trace-id is all zeros, which is invalid');
  if (ZEROS.test(parentId)) problems.push('parent-id is all zeros, which is invalid');
  if (problems.length > 0) return { problems };

  const bits = Number.parseInt(flags, 16);
  const later = version === '00' ? '' : ' (later than 00: only the fields of 00 are read)';
  return {
    fields: [
      { name: 'version', value: version, meaning: `of the format${later}` },
      { name: 'trace-id', value: traceId, meaning: 'the same in every span of the trace' },
      { name: 'parent-id', value: parentId, meaning: "the caller's span: the parent of the receiver's span" },
      { name: 'trace-flags', value: flags, meaning: bits.toString(2).padStart(8, '0') },
      ...FLAGS.map(({ bit, on, off }) => ({
        name: '',
        value: `bit ${Math.log2(bit)}`,
        meaning: bits & bit ? on : off,
      })),
    ],
  };
}
