import { authorization } from './api.ts';
import { boardVersion, showBoard } from './board.ts';
import { find } from './dom.ts';
import { askForToken, hasTokenForm, token } from './token.ts';

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;
/** The hotel sends something every 20 s. A connection that was lost without notice, as in sleep, sends nothing. */
const SILENCE_MS = 50_000;

/**
 * Keeps the board current. Reads server-sent events with `fetch`, because an `EventSource` cannot send a token. Closes the
 * stream while the page is hidden: browsers allow few connections to one origin.
 */
export async function followBoard(): Promise<never> {
  let pauseMs = FIRST_PAUSE_MS;
  for (;;) {
    await untilVisible();
    const stopped = new AbortController();
    const hide = () => document.hidden && stopped.abort();
    document.addEventListener('visibilitychange', hide);
    try {
      await read(stopped, () => {
        pauseMs = FIRST_PAUSE_MS;
        say('');
      });
    } catch (error) {
      if (error instanceof Refused && error.status === 401 && hasTokenForm()) {
        say(token() === undefined ? '' : `The hotel does not accept this token: ${error.reason}.`);
        await askForToken();
        say('');
        continue;
      }
      if (!document.hidden) say(`Not connected: ${reasonOf(error)}. Trying again.`);
    } finally {
      document.removeEventListener('visibilitychange', hide);
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
  }
}

class Refused extends Error {
  readonly status: number;
  /** In words. */
  readonly reason: string;

  constructor(status: number, reason: string) {
    super(reason);
    this.status = status;
    this.reason = reason;
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Refused)) return 'the board may be outdated';
  return error.status === 401 ? 'the hotel needs a token now; reload the page to enter it' : error.reason;
}

/** Aborts `stopped` when the hotel is silent. */
async function read(stopped: AbortController, onConnected: () => void): Promise<void> {
  let silence: ReturnType<typeof setTimeout> | undefined;
  const hear = () => {
    clearTimeout(silence);
    silence = setTimeout(() => stopped.abort(), SILENCE_MS);
  };
  hear();
  try {
    const body = await connect(stopped.signal);
    onConnected();
    let text = '';
    for await (const chunk of chunksOf(body.pipeThrough(new TextDecoderStream()))) {
      hear();
      text += chunk;
      const events = text.split('\n\n');
      text = events.pop() ?? '';
      for (const event of events) handle(event);
    }
  } finally {
    clearTimeout(silence);
  }
}

async function connect(signal: AbortSignal): Promise<ReadableStream<BufferSource>> {
  const query = new URLSearchParams(location.search);
  query.set('version', boardVersion());
  const response = await fetch(`/front-desk/updates?${query}`, { headers: authorization(), signal });
  if (!response.ok) {
    const problem = (await response.json().catch(() => ({}))) as { detail?: string };
    throw new Refused(response.status, problem.detail ?? `the hotel answered with ${response.status}`);
  }
  return response.body ?? new ReadableStream();
}

async function* chunksOf(stream: ReadableStream<string>): AsyncGenerator<string, void, undefined> {
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}

function handle(event: string): void {
  const lines = event.split('\n');
  const field = (name: string) =>
    lines.filter((line) => line.startsWith(`${name}: `)).map((line) => line.slice(name.length + 2));
  const [name] = field('event');
  if (name === 'board') {
    showBoard({ html: field('data').join('\n'), version: field('id')[0] ?? '' });
    say('');
  } else if (name === 'stale') say('The hotel’s database does not answer: the board may be outdated.');
}

function say(text: string): void {
  const line = find('#connection');
  if (line.textContent !== text) line.textContent = text;
  line.hidden = text === '';
}

async function untilVisible(): Promise<void> {
  while (document.hidden) {
    await new Promise((resolve) => document.addEventListener('visibilitychange', resolve, { once: true }));
  }
}
