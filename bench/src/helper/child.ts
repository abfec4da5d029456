/** The child of `startHelper`: reports that it is ready, then answers one request at a time. */
export function serveParent<Ask, Reply>(hello: object, answer: (request: Ask) => Reply | Promise<Reply>): void {
  const send = (message: unknown) => {
    if (process.connected) process.send?.(message);
  };
  process.on('message', async (request) => {
    try {
      send(await answer(request as Ask));
    } catch (error) {
      send({ failed: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  });
  // The parent is gone, perhaps even before this was loaded.
  process.once('disconnect', () => process.exit());
  if (!process.connected) process.exit();
  send(hello);
}
