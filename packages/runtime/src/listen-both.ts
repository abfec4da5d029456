import { type ListenOptions, listen } from './listen.ts';

/**
 * Opens the two listeners of a service. The public one opens first: the internal one answers `/readyz`, and a process that is
 * ready must listen on both. The public one also closes first, so that requests in flight can still be answered.
 */
export async function listenBoth(
  resources: AsyncDisposableStack,
  { publicly, internally }: { publicly: ListenOptions; internally: ListenOptions },
): Promise<void> {
  await using undo = new AsyncDisposableStack();
  const first = undo.use(await listen(publicly));
  resources.use(await listen(internally));
  resources.use(first);
  undo.move();
}
