import { httpJson } from '@hotel/trace-test';
import type { Stand } from './stand.ts';

/** Spans that dispo says it could not deliver. */
export async function droppedBy(stand: Stand): Promise<number> {
  const { body } = await httpJson<{ telemetry: { dropped_spans: number } }>(
    `http://127.0.0.1:${stand.port('DISPO_INTERNAL_PORT')}/readyz`,
  );
  return body.telemetry.dropped_spans;
}
