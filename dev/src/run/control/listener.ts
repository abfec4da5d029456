import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { CommandError } from '@hotel/cli';

/** Commands that another terminal can send to a run. */
export const ACTIONS = ['stop', 'start', 'restart'] as const;
export type Action = (typeof ACTIONS)[number];

export interface Control extends AsyncDisposable {
  /** Contains a secret that authorizes the commands. Only the user can read it, in the run file. */
  readonly url: string;
}

/**
 * Listens on a free port of 127.0.0.1. `act` performs an action and returns the text to print; the message of a
 * `CommandError` is returned to the caller as well.
 */
export async function listenForControl(act: (action: Action, name: string) => Promise<string>): Promise<Control> {
  const secret = randomUUID();
  const server = createServer(async (request, response) => {
    const [, given, action, name = ''] = (request.url ?? '').split('/');
    const known = ACTIONS.find((one) => one === action);
    if (request.method !== 'POST' || given !== secret || !known) {
      response.writeHead(404).end();
      return;
    }
    try {
      response.end(await act(known, decodeURIComponent(name)));
    } catch (error) {
      const text = error instanceof CommandError ? error.message : String((error as Error).stack);
      response.writeHead(409).end(text);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  server.unref();
  const { port } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}/${secret}`,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Sends an action to a run and returns its response. @throws CommandError with the reason if it failed */
export async function sendAction(controlUrl: string, action: Action, name: string): Promise<string> {
  const response = await fetch(`${controlUrl}/${action}/${encodeURIComponent(name)}`, { method: 'POST' });
  const text = await response.text();
  if (response.ok) return text;
  throw new CommandError(text || `The run answered ${response.status}.`);
}
