import { Client, type ClientUnaryCall, credentials, Metadata } from '@grpc/grpc-js';
import { type ExportedSignal, exportMethods } from './grpc.ts';

const TIMEOUT_MS = 10_000;

export interface Forwarder {
  /** Forwards the request in the background; waits for a receiver that does not listen yet. */
  forward(endpoint: string, signal: ExportedSignal, request: Uint8Array): void;
  errors(): string[];
  /** Cancels pending requests. */
  close(): void;
}

export function createForwarder(): Forwarder {
  const clients = new Map<string, Client>();
  const pending = new Set<ClientUnaryCall>();
  const errors: string[] = [];

  const clientFor = (endpoint: string): Client => {
    const known = clients.get(endpoint);
    if (known) return known;
    const client = new Client(new URL(endpoint).host, credentials.createInsecure());
    clients.set(endpoint, client);
    return client;
  };

  return {
    forward(endpoint, signal, request) {
      const { path, requestSerialize, responseDeserialize } = exportMethods[signal];
      const call = clientFor(endpoint).makeUnaryRequest(
        path,
        requestSerialize,
        responseDeserialize,
        request,
        new Metadata({ waitForReady: true }),
        { deadline: Date.now() + TIMEOUT_MS },
        (error) => {
          if (error) errors.push(`${endpoint}: ${error.message}`);
          pending.delete(call);
        },
      );
      pending.add(call);
    },
    errors: () => [...errors],
    close() {
      for (const call of pending) call.cancel();
      for (const client of clients.values()) client.close();
      clients.clear();
    },
  };
}
