const REMIND_EVERY_MS = 5_000;

export interface Progress {
  ready(name: string, awaited: readonly string[]): void;
  /** Ends the reminders. */
  end(): void;
}

/** Tells how a start is getting on: each process that is ready, and every 5 s those that are not. */
export function reportProgress(names: readonly string[], say: (text: string) => void): Progress {
  const startedAt = performance.now();
  let missing = names;
  const reminder = setInterval(() => {
    const seconds = Math.round((performance.now() - startedAt) / 1_000);
    say(`waiting for ${missing.join(', ')} (${seconds} s)`);
  }, REMIND_EVERY_MS);
  return {
    ready(name, awaited) {
      missing = awaited;
      say(`${name} is ready (${names.length - awaited.length} of ${names.length})`);
      if (awaited.length === 0) clearInterval(reminder);
    },
    end: () => clearInterval(reminder),
  };
}
