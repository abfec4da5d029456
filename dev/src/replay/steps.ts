import { setTimeout as sleep } from 'node:timers/promises';
import { CommandError } from '@hotel/cli';
import {
  forgottenSchema,
  type InternalTarget,
  internalCall,
  replayBegunSchema,
  replayEndPath,
  replayPath,
  replayProgressSchema,
  replayStepPath,
  staysBeforePath,
} from '@hotel/contracts';
import { httpJson } from '@hotel/trace-test';

const POLL_MS = 200;

export interface ReplayTargets {
  dispo: InternalTarget;
  cleaning: InternalTarget;
}

export interface ReplayOptions extends ReplayTargets {
  /** Time limit without a confirmation by cleaning. */
  stallTimeoutMs: number;
  onProgress(published: number, unconfirmed: number): void;
}

/**
 * Publishes the current revision of every booking, waits until cleaning has confirmed all of them, and deletes other stays
 * from the plan.
 * @throws CommandError
 */
export async function replay(options: ReplayOptions): Promise<{ published: number; forgotten: number }> {
  const { dispo, cleaning } = options;
  const { epoch } = await call('dispo', dispo, 'POST', replayPath, replayBegunSchema);
  const published = await publishAll(options);
  let forgotten = 0;
  for (let after = 0, isLast = false; !isLast; ) {
    const path = `${staysBeforePath(epoch)}?after=${after}`;
    const page = await call('cleaning', cleaning, 'DELETE', path, forgottenSchema);
    forgotten += page.forgotten;
    ({ after, isLast } = page);
  }
  await call('dispo', dispo, 'POST', replayEndPath);
  return { published, forgotten };
}

async function publishAll({ dispo, stallTimeoutMs, onProgress }: ReplayOptions): Promise<number> {
  let published = 0;
  let after = 0;
  let before = Number.POSITIVE_INFINITY;
  let deadline = performance.now() + stallTimeoutMs;
  for (;;) {
    const page = await call('dispo', dispo, 'POST', replayStepPath, replayProgressSchema, { after });
    published += page.published;
    after = page.after;
    onProgress(published, page.unconfirmed);
    if (page.isLast && page.unconfirmed === 0) return published;
    if (page.published > 0 || page.unconfirmed < before) deadline = performance.now() + stallTimeoutMs;
    before = page.unconfirmed;
    if (performance.now() > deadline) {
      throw new CommandError(
        `cleaning has confirmed nothing for ${stallTimeoutMs / 1_000} s; ${page.unconfirmed} events are unconfirmed. Check that cleaning-worker is running, and list dead letters with: npx -y pnpm@12 dead list\nThen repeat: npx -y pnpm@12 replay`,
      );
    }
    if (page.published === 0) await sleep(POLL_MS);
  }
}

async function call<Answer>(
  who: 'dispo' | 'cleaning',
  target: InternalTarget,
  method: string,
  path: string,
  schema?: { parse(answer: unknown): Answer },
  body?: unknown,
): Promise<Answer> {
  const { url, headers } = internalCall(target, path);
  const { status, body: answer } = await httpJson(url.href, { method, headers, body }).catch((error: Error) => {
    const { code, message } = (error.cause ?? error) as NodeJS.ErrnoException;
    const setting = `${who.toUpperCase()}_INTERNAL_URL`;
    throw new CommandError(
      `${who} cannot be reached at ${url.origin} (${code ?? message}). Set ${setting} to its internal listener.`,
    );
  });
  if (status === 401 || status === 403) {
    throw new CommandError(
      `${who} answered ${status}: set HOTEL_INTERNAL_TOKEN to a token of its HOTEL_INTERNAL_TOKEN.`,
    );
  }
  if (status >= 300)
    throw new CommandError(`${who} answered ${status} to ${method} ${url.href}. Repeat the replay later.`);
  return schema?.parse(answer) as Answer;
}
