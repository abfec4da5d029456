/** `pnpm backup FILE COPY`. Beside the services, so that their images have it too; see docs/backup.md. */
import { BackupError, backUp } from './backup.ts';

const USAGE = `Usage: pnpm backup FILE COPY

Copies a database of the hotel, for instance .hotel/data/dispo.sqlite, which may be in use, into a file that does not
exist yet. The copy is complete in that one file. docs/backup.md tells how to put it back.`;

const [file, copy, ...more] = process.argv.slice(2);
if (file === '--help' || file === '-h') {
  console.log(USAGE);
} else if (file === undefined || copy === undefined || more.length > 0) {
  console.error(USAGE);
  process.exitCode = 2;
} else {
  try {
    backUp(file, copy);
    console.log(`${file} is backed up as ${copy}.`);
  } catch (error) {
    if (!(error instanceof BackupError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
