import { decodeTraceparent } from './decode.ts';

const [header, ...rest] = process.argv.slice(2);
if (header === undefined || header === '--help' || rest.length > 0) {
  console.log(
    'Usage: pnpm traceparent 00-<trace-id>-<parent-id>-<trace-flags>\n\nSays what each field of a traceparent header means.',
  );
  process.exitCode = header === '--help' ? 0 : 2;
} else {
  const decoded = decodeTraceparent(header.replace(/^traceparent:\s*/i, ''));
  if ('problems' in decoded) {
    const lines = decoded.problems.map((problem) => `  ${problem}\n`);
    process.stderr.write(
      `This is no valid traceparent; a receiver ignores it and begins a new trace:\n${lines.join('')}`,
    );
    process.exitCode = 1;
  } else {
    const width = Math.max(...decoded.fields.map(({ value }) => value.length));
    for (const { name, value, meaning } of decoded.fields) {
      console.log(`${name.padEnd('trace-flags'.length)}  ${value.padEnd(width)}  ${meaning}`);
    }
  }
}
