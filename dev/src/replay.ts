import { runCommand } from '@hotel/cli';
import { portOffset } from './cli/port-offset.ts';
import { internalTargets } from './cli/settings.ts';
import { replay } from './replay/steps.ts';

const USAGE = `Usage: npx -y pnpm@12 replay [--port-offset=N]

Brings cleaning to what dispo has: publishes the current revision of every booking, waits until cleaning has planned them,
and has it forget stays that are not among them. For a database that was lost, or restored from a backup (docs/backup.md).
It is safe at any time, beside the business, and can be begun again.

  --port-offset=N  of a run on other ports: what \`dev\` was started with
  --help           this text

Settings (environment): DISPO_INTERNAL_URL, CLEANING_INTERNAL_URL (the run on this data, else http://127.0.0.1:9080 and
http://127.0.0.1:9081), and HOTEL_INTERNAL_TOKEN where they ask for it.`;

const PATIENCE_MS = 60_000;

const options = { 'port-offset': { type: 'string' } } as const;

await runCommand({ usage: USAGE, options }, async ({ values }) => {
  let shown = 0;
  const { published, forgotten } = await replay({
    ...(await internalTargets(process.env, portOffset(values['port-offset']))),
    patienceMs: PATIENCE_MS,
    onProgress(done, open) {
      if (done < shown + 1_000) return;
      shown = done;
      console.log(`${done} bookings published, ${open} not confirmed yet`);
    },
  });
  console.log(`cleaning has what dispo has: ${published} bookings published, ${forgotten} stays forgotten.`);
  return 0;
});
