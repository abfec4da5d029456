import { get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Environment } from '../environment.ts';
import { SystemError } from '../error.ts';

/** How long a process, or Redis, may take to be ready; overridden by `HOTEL_READY_TIMEOUT_MS`. */
export const READY_TIMEOUT_MS = 60_000;
const POLL_MS = 25;
const REQUEST_TIMEOUT_MS = 2_000;

/** @throws SystemError when `HOTEL_READY_TIMEOUT_MS` is not a number of milliseconds */
export function readyTimeout(env: Environment): number {
  const text = env.HOTEL_READY_TIMEOUT_MS;
  if (!text) return READY_TIMEOUT_MS;
  if (/^\d+$/.test(text) && Number(text) > 0) return Number(text);
  throw new SystemError(`HOTEL_READY_TIMEOUT_MS=${text}: set it to milliseconds, for instance ${READY_TIMEOUT_MS}.`);
}

/**
 * Polls `url` until it answers 200 (`anyStatus`: answers at all), then returns undefined; when aborted, describes the last
 * response.
 */
export async function pollUntilReady(url: string, signal: AbortSignal, anyStatus = false): Promise<string | undefined> {
  let last = 'was not asked yet';
  while (!signal.aborted) {
    const answer = await ask(url, signal, anyStatus);
    if (answer === 200) return undefined;
    if (!signal.aborted) last = String(answer);
    await sleep(POLL_MS, undefined, { signal }).catch(() => {});
  }
  return last;
}

function ask(url: string, signal: AbortSignal, anyStatus: boolean): Promise<200 | string> {
  return new Promise((resolve) => {
    const request = get(url, { agent: false, timeout: REQUEST_TIMEOUT_MS, signal }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        if (body.length < 2_000) body += chunk;
      });
      response.on('error', (error) => resolve(error.message));
      response.on('end', () =>
        resolve(
          anyStatus || response.statusCode === 200 ? 200 : `answered ${response.statusCode} ${body.trim()}`.trim(),
        ),
      );
    });
    request.on('timeout', () => request.destroy(new Error(`gave no answer in ${REQUEST_TIMEOUT_MS} ms`)));
    request.on('error', (error: NodeJS.ErrnoException) =>
      resolve(error.code === 'ECONNREFUSED' ? 'refused the connection' : error.message),
    );
  });
}
