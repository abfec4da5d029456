import type { OutputLine } from '@hotel/system';
import type { Sink } from '@hotel/trace-test';

/** Everything that the processes of a system emit for people to read. */
export interface Outlets {
  sink: Pick<Sink, 'rawBytes'>;
  lines(): readonly OutputLine[];
  url(portName: string): string;
}

const INTERNAL_PORTS = ['DISPO_INTERNAL_PORT', 'CLEANING_INTERNAL_PORT', 'WORKER_INTERNAL_PORT'];
const SHOWN = 300;

/** Occurrences of `secrets` in spans, log lines and metrics, one sentence each. */
export async function findLeaks({ sink, lines, url }: Outlets, secrets: readonly string[]): Promise<string[]> {
  const sent = sink.rawBytes();
  const metrics = await Promise.all(INTERNAL_PORTS.map((port) => metricsAt(url(port))));
  return secrets.flatMap((secret) => {
    const leaks = lines().filter(({ text }) => text.includes(secret));
    return [
      ...(sent.includes(secret) ? [`"${secret}" has left a process in a span`] : []),
      ...leaks
        .slice(0, 1)
        .map(({ process, text }) => `"${secret}" is in the log of ${process}: ${text.slice(0, SHOWN)}`),
      ...(metrics.some((text) => text.includes(secret)) ? [`"${secret}" is in the metrics`] : []),
    ];
  });
}

/** Empty for a process that is not running or has no metrics. */
async function metricsAt(url: string): Promise<string> {
  try {
    return await (await fetch(`${url}/metrics`)).text();
  } catch {
    return '';
  }
}
