import { connect, createServer, type Server, type Socket } from 'node:net';

/** Forwards TCP connections to one of several addresses, as a Service does. A connection stays with its address. */
export interface Balancer extends Disposable {
  readonly port: number;
  add(address: string): void;
  remove(address: string): void;
}

/** @param host the address to listen on */
export async function startBalancer(host: string, targetPort: number): Promise<Balancer> {
  const addresses: string[] = [];
  const open = new Set<Socket>();
  let next = 0;
  const server = createServer((client) => {
    const address = addresses[next++ % addresses.length];
    // As where a Service has no endpoints.
    if (address === undefined) return client.resetAndDestroy();
    const target = connect(targetPort, address);
    for (const socket of [client, target]) {
      open.add(socket);
      socket.setNoDelay(true);
      socket.once('close', () => open.delete(socket));
    }
    // Each side learns how the other one ended: by a FIN, or by a reset.
    client.on('error', () => target.resetAndDestroy());
    target.on('error', () => client.resetAndDestroy());
    client.pipe(target).pipe(client);
  });
  const port = await listening(server, host);
  return {
    port,
    add: (address) => void addresses.push(address),
    remove(address) {
      const at = addresses.indexOf(address);
      if (at >= 0) addresses.splice(at, 1);
    },
    [Symbol.dispose]() {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}

function listening(server: Server, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, host, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : 0);
    });
  });
}
