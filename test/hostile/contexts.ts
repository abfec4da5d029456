/** What a caller tries to inject into our spans. */
export const PLANTED = 'planted';
export const CALLER_TRACE = '0af7651916cd43dd8448eb211c80319c';
export const CALLER_SPAN = 'b7ad6b7169203331';
const valid = `00-${CALLER_TRACE}-${CALLER_SPAN}-01`;

const traceparents: Array<[string, string[]]> = [
  ['empty', ['']],
  ['a version alone', ['00']],
  ['the version that is forbidden', [`ff-${CALLER_TRACE}-${CALLER_SPAN}-01`]],
  ['a version to come', [`cc-${CALLER_TRACE}-${CALLER_SPAN}-01-${PLANTED}`]],
  ['a version to come without its end', [`cc-${CALLER_TRACE}-${CALLER_SPAN}-01${PLANTED}`]],
  ['a version of one digit', [`0-${CALLER_TRACE}-${CALLER_SPAN}-01`]],
  ['more than its version has', [`${valid}-${PLANTED}`]],
  ['a dash at the end', [`${valid}-`]],
  ['upper case', [valid.toUpperCase()]],
  ['a trace of zeros', [`00-${'0'.repeat(32)}-${CALLER_SPAN}-01`]],
  ['a span of zeros', [`00-${CALLER_TRACE}-${'0'.repeat(16)}-01`]],
  ['a short trace', [`00-${CALLER_TRACE.slice(1)}-${CALLER_SPAN}-01`]],
  ['a long trace', [`00-${CALLER_TRACE}0-${CALLER_SPAN}-01`]],
  ['a trace id that is not hex', [`00-${CALLER_TRACE.slice(1)}g-${CALLER_SPAN}-01`]],
  ['flags that are not hex', [`00-${CALLER_TRACE}-${CALLER_SPAN}-0x`]],
  ['all flags', [`00-${CALLER_TRACE}-${CALLER_SPAN}-ff`]],
  ['no flags', [`00-${CALLER_TRACE}-${CALLER_SPAN}-00`]],
  ['other separators', [valid.replaceAll('-', '_')]],
  ['space around', [`\t ${valid} \t`]],
  ['space inside', [valid.replaceAll('-', ' - ')]],
  ['raw bytes', ['\xff\xfe\x80']],
  ['8,000 characters', ['0'.repeat(8_000)]],
  ['dashes', ['-'.repeat(8_000)]],
  ['the same twice', [valid, valid]],
  ['two', [valid, `00-${'1'.repeat(32)}-${CALLER_SPAN}-01`]],
  ['two in one', [`${valid}, ${valid}`]],
  ['SQL', ["00-'; DROP TABLE bookings;--"]],
];

const member = (i: number) => `k${i}=${PLANTED}`;
const list = (count: number, of = member) => Array.from({ length: count }, (_, i) => of(i)).join(',');

const tracestates: Array<[string, string[]]> = [
  ['empty', ['']],
  ['commas', [',,,,']],
  ['33 members', [list(33)]],
  ['700 members', [list(700)]],
  ['512 characters', [`a=${'x'.repeat(510)}`]],
  ['8,000 characters', [`a=${PLANTED.repeat(1_000)}`]],
  ['a key twice', [`a=1,a=${PLANTED}`]],
  ['no value', ['a']],
  ['no key', [`=${PLANTED}`]],
  ['an upper-case key', [`A=${PLANTED}`]],
  ['two equals signs', [`a==${PLANTED}`]],
  ['a key of two vendors', [`a@b@c=${PLANTED}`]],
  ['a key of 300 characters', [`${'k'.repeat(300)}=1`]],
  ['a tab in a value', ['a=1\t2']],
  ['raw bytes', ['a=\xff\xfe']],
  ['a prototype', [`__proto__=${PLANTED},constructor=1`]],
  ['two headers', [`a=${PLANTED}`, `b=${PLANTED}`]],
  ['forty headers', Array.from({ length: 40 }, (_, i) => member(i))],
];

const baggages: Array<[string, string[]]> = [
  ['empty', ['']],
  ['commas', [',;,=,;=']],
  ['512 entries', [list(512)]],
  ['8,192 bytes in one', [`a=${'x'.repeat(8_190)}`]],
  ['more than 8,192 bytes', [list(1_000)]],
  ['no value', ['a']],
  ['no key', [`=${PLANTED}`]],
  ['percent signs', ['a=%,b=%E0%A4%A,c=%00,channel=%']],
  ['properties', [`channel=web;${PLANTED};a=b;;=`]],
  ['5,000 properties', [`channel=web${';p=1'.repeat(1_800)}`]],
  ['an allow-listed key of 5,000 characters', [`channel=${'w'.repeat(5_000)}`]],
  ['an allow-listed key twice', ['channel=web,channel=phone']],
  ['an allow-listed key in another case', [`Channel=${PLANTED},CHANNEL=${PLANTED}`]],
  // Keys are tokens and not decoded: this is not the allow-listed key.
  ['an allow-listed key in the encoding of a URL', ['%63hannel=web']],
  ['a line break', ['channel=web%0d%0aset-cookie:%20owned=1']],
  ['markup', ['channel=%3Cscript%3Ealert(1)%3C/script%3E']],
  ['a prototype', [`__proto__=${PLANTED},constructor=${PLANTED},toString=${PLANTED}`]],
  [
    'names of ours',
    [`hotel.room.number=${PLANTED},http.route=${PLANTED},service.name=${PLANTED},db.system.name=${PLANTED}`],
  ],
  ['secrets', [`password=${PLANTED},authorization=${PLANTED}`]],
  ['raw bytes', ['channel=\xff\xfe']],
  ['two headers', [`a=${PLANTED}`, `b=${PLANTED}`]],
];

/** Everything the W3C documents forbid, and the unusual that they allow: a description, and headers as alternating names and values. */
export const hostileContexts: Array<[string, string[]]> = [
  ...traceparents.map(([what, values]): [string, string[]] => [
    `traceparent: ${what}`,
    [...values.flatMap((value) => ['traceparent', value]), 'tracestate', `v=${PLANTED}`],
  ]),
  ...tracestates.map(([what, values]): [string, string[]] => [
    `tracestate: ${what}`,
    ['traceparent', valid, ...values.flatMap((value) => ['tracestate', value])],
  ]),
  ...tracestates
    .slice(0, 3)
    .map(([what, values]): [string, string[]] => [
      `tracestate without traceparent: ${what}`,
      values.flatMap((value) => ['tracestate', value]),
    ]),
  ...baggages.map(([what, values]): [string, string[]] => [
    `baggage: ${what}`,
    ['traceparent', valid, ...values.flatMap((value) => ['baggage', value])],
  ]),
];
