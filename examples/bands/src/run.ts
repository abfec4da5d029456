import { CommandError, runCommand, UsageError } from '@hotel/cli';
import { ConfigError } from '@hotel/runtime';
import { loadCallerConfig } from './config.ts';
import { FUGAZI } from './contract.ts';
import { FROM, LAST_STEP } from './steps.ts';

const USAGE = `Usage: npx -y pnpm@12 --filter examples bands [--step=N] [--port-offset=N]

Fetches a band and its reviews, prints them, and links to the trace.

  --step=N         step of the walkthrough, 1 to ${LAST_STEP} (default); use the same as \`dev --example=bands\`
  --port-offset=N  use the same as \`dev\`
  --help           print this text`;

const options = { step: { type: 'string' }, 'port-offset': { type: 'string' } } as const;

await runCommand({ usage: USAGE, options }, async ({ values }) => {
  const step = wholeNumber('step', values.step ?? String(LAST_STEP), { from: 1, to: LAST_STEP });
  const portOffset = wholeNumber('port-offset', values['port-offset'] ?? '0', { from: 0, to: 48_000 });
  return show(step, portOffset);
});

function wholeNumber(name: string, text: string, { from, to }: { from: number; to: number }): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= from && value <= to) return value;
  throw new UsageError(`--${name}=${text}: must be a whole number from ${from} to ${to}`);
}

async function show(step: number, portOffset: number): Promise<number> {
  const traced = step >= FROM.callerTraced;
  let config: ReturnType<typeof loadCallerConfig>;
  try {
    config = loadCallerConfig({ traced, portOffset });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new CommandError(error.message);
  }
  // Replaces `node --import @hotel/telemetry/register`, since a flag decides here. Must come before every other import.
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
        : 'It has no trace: tracing is off.',
    );
    return 0;
  } catch (error) {
    const { code, message } = ((error as Error).cause ?? error) as NodeJS.ErrnoException;
    const start = `npx -y pnpm@12 dev --example=bands --step=${step}`;
    throw new CommandError(
      `The band could not be fetched: ${code ?? message}\nAre both services running? Start them: ${start}`,
    );
  } finally {
    // Flushes the last batch of spans.
    await shutdownTelemetry(3_000);
  }
}
