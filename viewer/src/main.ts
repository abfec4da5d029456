import { readConfig } from './config.ts';
import { ListenError } from './listen.ts';
import { createLog } from './log.ts';
import { createViewer } from './viewer.ts';

const result = readConfig();
if ('problems' in result) {
  process.stderr.write(`viewer cannot start:\n${result.problems.map((problem) => `  ${problem}\n`).join('')}`);
  process.exit(1);
}

const { host, ports, maxSpans, maxBytes, logLevel } = result.config;
const log = createLog(logLevel, (line) => process.stdout.write(line));

// Attached before anything listens: a signal during the start must not kill it half open.
const stopping = new Promise<string>((resolve) => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => resolve(signal));
});

try {
  const viewer = await createViewer({ host, ports, limits: { maxSpans, maxBytes }, log });
  log('info', 'listening', { ...viewer.ports, maxSpans, maxBytes });
  const signal = await stopping;
  log('info', 'stopping', { signal });
  await viewer.close();
} catch (error) {
  if (!(error instanceof ListenError)) throw error;
  process.stderr.write(`viewer cannot start: ${error.message}\n`);
  process.exitCode = 1;
}
