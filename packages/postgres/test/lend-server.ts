import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestProject } from 'vitest/node';
import { type OwnServer, startServer } from './server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where test files ask for the server of the run. */
    postgresLender: string;
  }
}

/** Lends one PostgreSQL server to all files of a test run, started for the first that asks: a start takes a second of CPU time. */
export default async function lendServer({ provide }: TestProject): Promise<() => Promise<void>> {
  let server: Promise<OwnServer> | undefined;
  const lender = createServer(async (_, response) => {
    server ??= startServer();
    const [started] = await Promise.allSettled([server]);
    if (started.status === 'fulfilled') response.end(started.value.url('postgres'));
    else response.writeHead(500).end(String(started.reason));
  });
  await once(lender.listen(0, '127.0.0.1'), 'listening');
  provide('postgresLender', `http://127.0.0.1:${(lender.address() as AddressInfo).port}`);
  return async () => {
    lender.close();
    const [started] = await Promise.allSettled([server]);
    if (started.status === 'fulfilled') await started.value?.[Symbol.asyncDispose]();
  };
}
