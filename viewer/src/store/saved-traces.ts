import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { RAW } from '../api/adjust.ts';
import { toResourceSpans } from '../api/otlp.ts';
import { toResourceLogs } from '../api/otlp-logs.ts';
import type { Log } from '../log.ts';
import type { Ingest } from '../otlp/ingest.ts';
import type { Stores } from './stores.ts';

/** Maximum number of spans kept across a restart: about 12 MB of text, which load in 0.3 s. */
const MAX_SAVED_SPANS = 10_000;

/**
 * Loads the file of `saveTraces`: one line of OTLP JSON per trace, oldest first. Never rejects: skips damaged lines and
 * a missing file.
 */
export async function loadTraces(file: string, ingest: Ingest, log: Log): Promise<void> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') log('warn', `earlier traces could not be read: ${error.message}`, { file });
    return '';
  });
  let damaged = 0;
  for (const line of text.split('\n').filter(Boolean)) {
    try {
      ingest.file(line);
    } catch {
      damaged++;
    }
  }
  if (damaged > 0) log('warn', 'earlier traces were damaged and are left out', { file, damaged });
}

/** Interval of `saveRegularly`: a crash loses at most the traces of this time. */
const SAVE_EVERY_MS = 30_000;

/** Saves the traces now and then if they have changed. Returns a function that saves them a last time. */
export function saveRegularly(file: string, stores: Stores, log: Log, everyMs = SAVE_EVERY_MS): () => Promise<void> {
  let last = Promise.resolve();
  let saved = JSON.stringify(stores.stats());
  const save = (): Promise<void> => {
    saved = JSON.stringify(stores.stats());
    last = last.then(() => saveTraces(file, stores, log));
    return last;
  };
  const timer = setInterval(() => {
    if (JSON.stringify(stores.stats()) !== saved) void save();
  }, everyMs);
  timer.unref();
  return () => {
    clearInterval(timer);
    return save();
  };
}

/** Saves as many of the newest traces as fit, each complete and with its log records. Never rejects: on a full disk only the file is lost. */
export async function saveTraces(file: string, stores: Stores, log: Log): Promise<void> {
  const lines: string[] = [];
  let spans = 0;
  for (const trace of [...stores.traces.all()].reverse()) {
    spans += trace.spans.size;
    if (spans > MAX_SAVED_SPANS) break;
    const resourceSpans = toResourceSpans(trace.spans.values(), RAW);
    const logs = stores.logs.ofTrace(trace.id);
    const ofLogs = logs.length === 0 ? {} : { resourceLogs: toResourceLogs(logs) };
    lines.push(`${JSON.stringify({ resourceSpans, ...ofLogs })}\n`);
  }
  const unfinished = `${file}.${process.pid}`;
  try {
    await writeFile(unfinished, lines.reverse());
    await rename(unfinished, file);
  } catch (error) {
    await rm(unfinished, { force: true }).catch(() => {});
    log('warn', `the traces could not be saved: ${(error as Error).message}`, { file });
  }
}
