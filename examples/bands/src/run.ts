import { parseArgs } from 'node:util';
import { ConfigError } from '@hotel/runtime';
import { loadCallerConfig } from './config.ts';
import { FUGAZI } from './contract.ts';
import { FROM, LAST_STEP } from './steps.ts';

const USAGE = `Usage: pnpm --filter examples bands [--step=N]

Asks bands-api and reviews-api for a band, prints it, and links to its trace. N is the step of the story (1 to ${LAST_STEP}, default ${LAST_STEP}):
the same that \`pnpm dev --example=bands --step=N\` was started with.`;

const { values } = parseArgs({ options: { step: { type: 'string', default: String(LAST_STEP) } } });
const step = Number(values.step);
if (Number.isInteger(step) && step >= 1 && step <= LAST_STEP) await show(step);
else {
  process.stderr.write(`--step=${values.step} is none of the steps.\n\n${USAGE}\n`);
  process.exitCode = 2;
}

async function show(step: number): Promise<void> {
  const traced = step >= FROM.callerTraced;
  let config: ReturnType<typeof loadCallerConfig>;
  try {
    config = loadCallerConfig({ traced });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
    return;
  }
  // What `node --import @hotel/telemetry/register` does for a service; here a flag decides, so it is done by hand, before all else.
  await import('@hotel/telemetry/register');
  const { shutdownTelemetry } = await import('@hotel/telemetry');
  const { showBand } = await import('./caller.ts');

  const bands = `http://127.0.0.1:${config.BANDS_API_PORT}`;
  const reviews = `http://127.0.0.1:${config.REVIEWS_API_PORT}`;
  try {
    const { band, traceId } = await showBand({ bands, reviews, uuid: FUGAZI, step });
    console.log(JSON.stringify(band, null, 2));
    console.log(
      traceId
        ? `Its trace: http://localhost:${config.VIEWER_PORT}/trace/${traceId}`
        : 'It has no trace: nothing is traced.',
    );
  } catch (error) {
    const { code, message } = ((error as Error).cause ?? error) as NodeJS.ErrnoException;
    const start = `npx -y pnpm@12 dev --example=bands --step=${step}`;
    process.stderr.write(
      `The band could not be shown: ${code ?? message}\nDo both services run? Start them: ${start}\n`,
    );
    process.exitCode = 1;
  } finally {
    // The last batch is still in memory.
    await shutdownTelemetry(3_000);
  }
}
