/** Resources to close when Ctrl-C interrupts a question. */
const owned = new Set<AsyncDisposable>();
const over = new AbortController();

export const resources = {
  /** Aborted on interruption: whatever is starting stops, and nothing else starts. */
  signal: over.signal,
  /** Returns a function to call once the resource is closed. */
  own(resource: AsyncDisposable): () => void {
    owned.add(resource);
    return () => owned.delete(resource);
  },
  async end(): Promise<void> {
    over.abort(new Error('interrupted'));
    await Promise.allSettled([...owned].map((one) => one[Symbol.asyncDispose]()));
  },
};
