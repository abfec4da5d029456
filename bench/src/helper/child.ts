/** The other side of `startHelper`: says hello, then answers one request after the other. */
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
  // Whoever asks is gone, however that happened, and be it while this was loading.
  process.once('disconnect', () => process.exit());
  if (!process.connected) process.exit();
  send(hello);
}
