/** What has to be ended when somebody presses Ctrl-C in the middle of a question. */
const owned = new Set<AsyncDisposable>();
const over = new AbortController();

export const resources = {
  /** Aborted when the bench is to end: what is being started then stops itself, and nothing else begins. */
  signal: over.signal,
  /** Returns what to call once it has ended. */
  own(resource: AsyncDisposable): () => void {
    owned.add(resource);
    return () => owned.delete(resource);
  },
  async end(): Promise<void> {
    over.abort(new Error('interrupted'));
    await Promise.allSettled([...owned].map((one) => one[Symbol.asyncDispose]()));
  },
};
