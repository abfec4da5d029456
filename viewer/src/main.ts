import { type Config, readConfig } from './config.ts';
import { ListenError } from './listen.ts';
import { createLog } from './log.ts';
import { createViewer } from './viewer.ts';

const result = readConfig();
// Not `process.exit`: it waits for V8's threads, and one that is compiling may wait for this one, for ever.
if ('config' in result) await run(result.config);
else refuse(`\n${result.problems.map((problem) => `  ${problem}`).join('\n')}`);

async function run({ host, ports, maxSpans, maxBytes, logLevel, tracesFile }: Config): Promise<void> {
  const log = createLog(logLevel, (line) => process.stdout.write(line));

  // Attached before anything listens: a signal during the start must not kill it half open.
  const stopping = new Promise<string>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => resolve(signal));
  });

  try {
    const viewer = await createViewer({ host, ports, limits: { maxSpans, maxBytes }, log, tracesFile });
    log('info', 'listening', { ...viewer.ports, maxSpans, maxBytes });
    const signal = await stopping;
    log('info', 'stopping', { signal });
    await viewer.close();
  } catch (error) {
    if (!(error instanceof ListenError)) throw error;
    refuse(` ${error.message}`);
  }
}

function refuse(why: string): void {
  process.stderr.write(`viewer cannot start:${why}\n`);
  process.exitCode = 1;
}
