/** `pnpm backup FILE COPY`; see docs/backup.md. Lives in this package so that the services' images include it. */
import { runCommand, UsageError } from '@hotel/cli';
import { backUp } from './backup.ts';

const USAGE = `Usage: npx -y pnpm@12 backup FILE COPY

Copies a database of the hotel, for instance .hotel/data/dispo.sqlite, which may be in use, into a file that does not
exist yet. The copy is complete in that one file. docs/backup.md describes how to restore it.

  --help  print this text`;

await runCommand({ usage: USAGE, options: {}, positionals: 2 }, async ({ positionals: [file, copy] }) => {
  if (file === undefined || copy === undefined) throw new UsageError('Give the file and the name of its copy.');
  backUp(file, copy);
  console.log(`${file} is backed up as ${copy}.`);
  return 0;
});
