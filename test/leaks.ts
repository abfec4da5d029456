import type { OutputLine } from '@hotel/system';
import type { Sink } from '@hotel/trace-test';

/** Everything that the processes of a system emit for people to read. */
export interface Outlets {
  sink: Pick<Sink, 'rawBytes'>;
  lines(): readonly OutputLine[];
  /** By variable; those for metrics are read. */
  ports: Readonly<Record<string, number>>;
}

/** With replicas, each has a port for metrics besides the port that they share. */
const SERVES_METRICS = /_(INTERNAL|METRICS)_PORT$/;
const SHOWN = 300;

/** Occurrences of `secrets` in spans, log lines and metrics, one sentence each. */
export async function findLeaks({ sink, lines, ports }: Outlets, secrets: readonly string[]): Promise<string[]> {
  const sent = sink.rawBytes();
  const metrics = await Promise.all(
    Object.keys(ports)
      .filter((name) => SERVES_METRICS.test(name))
      .map((name) => metricsAt(ports[name])),
  );
  return secrets.flatMap((secret) => {
    const leaks = lines().filter(({ text }) => text.includes(secret));
    return [
      ...(sent.includes(secret) ? [`"${secret}" has left a process in a span or a log record`] : []),
      ...leaks
        .slice(0, 1)
        .map(({ process, text }) => `"${secret}" is in the log of ${process}: ${text.slice(0, SHOWN)}`),
      ...(metrics.some((text) => text.includes(secret)) ? [`"${secret}" is in the metrics`] : []),
    ];
  });
}

/** Empty for a process that is not running or has no metrics. */
async function metricsAt(port: number | undefined): Promise<string> {
  try {
    return await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  } catch {
    return '';
  }
}
