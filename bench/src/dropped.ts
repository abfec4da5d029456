import { httpJson } from '@hotel/trace-test';
import type { Testbed } from './testbed.ts';

/** Spans that dispo reports as dropped. */
export async function droppedBy(testbed: Testbed): Promise<number> {
  const { body } = await httpJson<{ telemetry: { dropped_spans: number } }>(
    `http://127.0.0.1:${testbed.port('DISPO_INTERNAL_PORT')}/readyz`,
  );
  return body.telemetry.dropped_spans;
}
