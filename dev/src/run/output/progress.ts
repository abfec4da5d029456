const REMIND_EVERY_MS = 5_000;

export interface Progress {
  ready(name: string, awaited: readonly string[]): void;
  /** Ends the reminders. */
  end(): void;
}

/** Reports each process that becomes ready, and every 5 s those that are not ready yet. */
export function reportProgress(names: readonly string[], print: (text: string) => void): Progress {
  const startedAt = performance.now();
  let waiting = names;
  const reminder = setInterval(() => {
    const seconds = Math.round((performance.now() - startedAt) / 1_000);
    print(`waiting for ${waiting.join(', ')} (${seconds} s)`);
  }, REMIND_EVERY_MS);
  return {
    ready(name, awaited) {
      waiting = awaited;
      print(`${name} is ready (${names.length - awaited.length} of ${names.length})`);
      if (awaited.length === 0) clearInterval(reminder);
    },
    end: () => clearInterval(reminder),
  };
}
