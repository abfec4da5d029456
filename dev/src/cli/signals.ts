/**
 * One Ctrl-C may arrive twice: from the terminal, and again from npx or pnpm. Only a signal later than this is a second
 * press.
 */
const ONE_PRESS_MS = 500;

export interface Interruption {
  /** Aborted by the first SIGINT, SIGTERM or SIGHUP. */
  signal: AbortSignal;
  dispose(): void;
}

/** Listens for the signals that end a run. The second one calls `onSecond`. */
export function interruption(onSecond: () => void, now: () => number = Date.now): Interruption {
  const controller = new AbortController();
  let first = 0;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (!controller.signal.aborted) {
      first = now();
      controller.abort(new Error(signal));
    } else if (now() - first > ONE_PRESS_MS) onSecond();
  };
  const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const name of names) process.on(name, onSignal);
  return {
    signal: controller.signal,
    dispose() {
      for (const name of names) process.off(name, onSignal);
    },
  };
}
