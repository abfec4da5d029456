import { CommandError, runCommand, UsageError } from '@hotel/cli';
import { decodeTraceparent } from './decode.ts';

const USAGE = `Usage: npx -y pnpm@12 traceparent 00-<trace-id>-<parent-id>-<trace-flags>

Explains each field of a traceparent header.

  --help  print this text`;

await runCommand({ usage: USAGE, options: {}, positionals: 1 }, async ({ positionals: [header] }) => {
  if (header === undefined) throw new UsageError('Pass a traceparent header, for example from a log.');
  const decoded = decodeTraceparent(header.replace(/^traceparent:\s*/i, ''));
  if ('problems' in decoded) {
    const lines = decoded.problems.map((problem) => `\n  ${problem}`);
    throw new CommandError(
      `This is not a valid traceparent; a receiver ignores it and starts a new trace:${lines.join('')}`,
    );
  }
  const width = Math.max(...decoded.fields.map(({ value }) => value.length));
  for (const { name, value, meaning } of decoded.fields) {
    console.log(`${name.padEnd('trace-flags'.length)}  ${value.padEnd(width)}  ${meaning}`);
  }
  return 0;
});
