import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { encodeRequest } from '../otlp/otlp.proto.ts';
import { exportGrpc, postJson, query, startViewer } from '../support/harness.ts';

// The pairs were written by hand and by a separate script from data that Jaeger publishes: its `otlp2jaeger` fixture
// and the captures in the jaeger-ui repository (`v3-trace-local-2.21.0.json`, `parser-parity-capture.json`). Never
// generate them from the viewer's responses.
const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../fixtures/${name}.json`, import.meta.url), 'utf8'));

const PAIRS = [
  ['booking', '5b8aa5a2d2c872e8321cf37308d69df2'],
  ['failed-job', '7c9e6679f7425de4944be07fc1f90ae7'],
  ['values', 'abc'],
] as const;

describe.each(PAIRS)('%s', (name, id) => {
  test.each(['JSON', 'protobuf'])('is returned as Jaeger returns it when sent as %s', async (encoding) => {
    const viewer = await startViewer();
    if (encoding === 'JSON') await postJson(viewer, read(`${name}.otlp`));
    else await exportGrpc(viewer, encodeRequest(read(`${name}.otlp`)));
    expect((await query(viewer, `/api/v3/traces/${id}`)).body).toEqual(read(`${name}.v3`));
    expect((await query(viewer, `/api/traces/${id}`)).body).toEqual(read(`${name}.v1`));
  });
});
