/** The SDK alone: starts a span with a statement's attributes, ends it, and serializes it in a batch. */
import { SpanKind } from '@opentelemetry/api';
import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import { type ReadableSpan, TracerProvider } from '@opentelemetry/sdk-trace';
import { serveParent } from '../helper/child.ts';

export interface SpanJob {
  spans: number;
  serialize: boolean;
}

const BATCH = 512;
const attributes = {
  'db.system.name': 'sqlite',
  'db.namespace': 'dispo',
  'db.query.summary': 'INSERT bookings',
  'db.query.text': 'insert into "bookings" ("id", "room_id", "start", "end") values (?, ?, ?, ?)',
};

serveParent<SpanJob, Record<string, number>>({}, ({ spans, serialize }) => {
  let ended: ReadableSpan[] = [];
  const provider = new TracerProvider({
    spanProcessors: [
      {
        onStart() {},
        onEnd(span) {
          ended.push(span);
          if (ended.length < BATCH) return;
          if (serialize) ProtobufTraceSerializer.serializeRequest(ended);
          ended = [];
        },
        forceFlush: async () => {},
        shutdown: async () => {},
      },
    ],
  });
  const tracer = provider.getTracer('bench');
  const run = (count: number) => {
    for (let n = 0; n < count; n++) tracer.startSpan('INSERT bookings', { kind: SpanKind.CLIENT, attributes }).end();
  };
  run(10_000);
  const cpu = process.cpuUsage();
  const began = performance.now();
  run(spans);
  const seconds = (performance.now() - began) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  return { perSecond: spans / seconds, cpuUs: (user + system) / spans };
});
