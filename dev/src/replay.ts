import { runCommand } from '@hotel/cli';
import { portOffset } from './cli/port-offset.ts';
import { internalTargets } from './cli/settings.ts';
import { replay } from './replay/steps.ts';

const USAGE = `Usage: npx -y pnpm@12 replay [--port-offset=N]

Rebuilds the cleaning plan from dispo's bookings, after a database was lost or restored from a
backup (docs/backup.md): publishes the current revision of every booking, waits until cleaning
has planned them, and deletes other stays from the plan. It is safe at any time, during normal
operation too, and can be repeated.

  --port-offset=N  the offset of the run, as given to \`dev\`
  --help           print this text

Environment variables:
  DISPO_INTERNAL_URL, CLEANING_INTERNAL_URL  addresses; default: those of the run, else
                                             http://127.0.0.1:9080 and http://127.0.0.1:9081
  HOTEL_INTERNAL_TOKEN                       token for both, if they require one`;

const STALL_TIMEOUT_MS = 60_000;

const options = { 'port-offset': { type: 'string' } } as const;

await runCommand({ usage: USAGE, options }, async ({ values }) => {
  let shown = 0;
  const { published, forgotten } = await replay({
    ...(await internalTargets(process.env, portOffset(values['port-offset']))),
    stallTimeoutMs: STALL_TIMEOUT_MS,
    onProgress(done, unconfirmed) {
      if (done < shown + 1_000) return;
      shown = done;
      console.log(`${done} bookings published, ${unconfirmed} not confirmed yet`);
    },
  });
  console.log(`The plan matches the bookings: ${published} bookings published, ${forgotten} other stays deleted.`);
  return 0;
});
