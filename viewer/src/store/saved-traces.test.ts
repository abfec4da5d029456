import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { RAW } from '../api/adjust.ts';
import { toResourceSpans } from '../api/otlp.ts';
import { Ingest } from '../otlp/ingest.ts';
import { loadTraces, saveRegularly, saveTraces } from './saved-traces.ts';
import { openStores, type Stores } from './stores.ts';

let folder: string;
let file: string;
const warnings: string[] = [];
const log = (_level: string, msg: string) => void warnings.push(msg);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hotel-traces-'));
  file = join(folder, 'traces.jsonl');
  warnings.length = 0;
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const hex = (value: number, length: number) => value.toString(16).padStart(length, '0');

/** A store with one trace per number, of that many spans. */
function storeOf(...sizes: number[]): Stores {
  const store = openStores({ maxSpans: 1_000_000, maxBytes: 2 ** 30 });
  const ingest = new Ingest(store);
  for (const [trace, size] of sizes.entries()) {
    const spans = Array.from({ length: size }, (_, index) => ({
      traceId: hex(trace + 1, 32),
      spanId: hex(index + 1, 16),
      name: `span ${index}`,
      kind: 2,
      startTimeUnixNano: '1800000000000000001',
      endTimeUnixNano: '1800000000000000002',
      attributes: [
        { key: 'z', value: { doubleValue: 'NaN' } },
        { key: 'a', value: { intValue: '9007199254740993' } },
      ],
      links: [{ traceId: hex(7, 32), spanId: hex(8, 16) }],
      events: [
        { name: 'later', timeUnixNano: '2' },
        { name: 'sooner', timeUnixNano: '1' },
      ],
      status: { code: 2, message: 'broken' },
    }));
    const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'dispo' } }] };
    ingest.file(JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ scope: { name: 'x' }, spans }] }] }));
  }
  return store;
}

async function load(): Promise<Stores> {
  const store = storeOf();
  await loadTraces(file, new Ingest(store), log);
  return store;
}
const contents = ({ traces }: Stores) => [...traces.all()].map(({ spans }) => toResourceSpans(spans.values(), RAW));

test('loads saved traces completely and in the same order', async () => {
  const store = storeOf(1, 3, 2);
  await saveTraces(file, store, log);
  expect(contents(await load())).toEqual(contents(store));
  expect(await readdir(folder)).toEqual(['traces.jsonl']);
  expect(warnings).toEqual([]);
});

test('saves only the newest traces, each completely', async () => {
  await saveTraces(file, storeOf(1, 6_000, 3_000, 5_000), log);
  const { spans, traces } = (await load()).stats();
  expect({ spans, traces }).toEqual({ spans: 8_000, traces: 2 });
});

test('a damaged line loses only its own trace, and a missing file is ignored', async () => {
  expect((await load()).stats().traces).toBe(0);
  expect(warnings).toEqual([]);
  await saveTraces(file, storeOf(1, 1), log);
  const [first] = (await readFile(file, 'utf8')).split('\n');
  await writeFile(file, `${first}\n{"resourceSpans": [{\n`);
  expect((await load()).stats().traces).toBe(1);
  expect(warnings).toEqual(['earlier traces were damaged and are left out']);
});

test('saves regularly when traces have arrived, and a last time at the end', async () => {
  const store = storeOf(1);
  const end = saveRegularly(file, store, log, 5);
  new Ingest(store).file(
    JSON.stringify({ resourceSpans: toResourceSpans([...storeOf(1, 2).traces.all()][1]?.spans.values() ?? [], RAW) }),
  );
  await expect.poll(async () => (await load()).stats().traces).toBe(2);
  new Ingest(store).file(
    JSON.stringify({
      resourceSpans: toResourceSpans([...storeOf(1, 2, 3).traces.all()][2]?.spans.values() ?? [], RAW),
    }),
  );
  await end();
  expect((await load()).stats()).toMatchObject({ spans: 6, traces: 3 });
});

test('a failed write is logged and keeps the old file', async () => {
  await saveTraces(join(folder, 'nowhere/traces.jsonl'), storeOf(1), log);
  expect(warnings).toEqual([expect.stringContaining('the traces could not be saved: ENOENT')]);
});
