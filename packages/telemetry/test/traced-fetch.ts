import { traceCall } from '../src/edges/http-client.ts';

/** Calls `url` as a service would, and resolves when the response has been read. */
export function tracedFetch(url: URL, call: { method: string; headers?: Record<string, string>; body?: string }) {
  return traceCall(url, call, async (headers) => {
    const response = await fetch(url, { ...call, headers });
    const text = await response.text();
    return { status: response.status, text: async () => text };
  });
}
