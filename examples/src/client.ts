import type { ErrorTable } from '@hotel/http';
import { tracedFetch } from '@hotel/http-client';
import type { z } from 'zod';

const TIMEOUT_MS = 2_000;

/**
 * An error of the domain: a valid request that is rejected. `code` is the last segment of the problem's `type` and a key of the service's
 * error table.
 */
export class DomainError extends Error {
  override name = 'DomainError';
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** Entries in the error table of every service that calls another one. */
export const downstreamErrors = {
  downstream_unavailable: { status: 503, retryAfterS: 1 },
  downstream_failed: { status: 502 },
} satisfies ErrorTable;

export interface ClientOptions {
  /** Name of the service called, for error messages. */
  service: string;
  url: string;
  /** Errors of that service that are passed through to the caller with their code. */
  errors: ErrorTable;
  /** Default: `fetch` with a CLIENT span and context propagation. */
  fetch?: typeof tracedFetch;
}

/** A JSON client for another service of the example. Throws every failure as a `DomainError`. */
export function createClient({ service, url, errors, fetch = tracedFetch }: ClientOptions) {
  return async function call<T extends z.ZodType>(
    method: string,
    path: string,
    { body, answer, recordedPath }: { body?: unknown; answer: T; recordedPath?: string },
  ): Promise<z.infer<T>> {
    const { status, json } = await exchange(method, path, body, recordedPath);
    if (status < 400) {
      const result = answer.safeParse(json);
      if (result.success) return result.data;
      throw new DomainError(
        'downstream_failed',
        `${service} answered ${method} ${recordedPath ?? path} with an unexpected body`,
      );
    }
    const { type, detail } = (json ?? {}) as { type?: string; detail?: string };
    const code = type?.split(':').at(-1) ?? '';
    if (code in errors) throw new DomainError(code, detail ?? code);
    throw new DomainError('downstream_failed', `${service} answered ${method} ${recordedPath ?? path} with ${status}`);
  };

  async function exchange(
    method: string,
    path: string,
    body: unknown,
    recordedPath: string | undefined,
  ): Promise<{ status: number; json: unknown }> {
    try {
      const response = await fetch(new URL(url.replace(/\/+$/, '') + path), {
        method,
        ...(recordedPath === undefined ? {} : { recordedPath }),
        signal: AbortSignal.timeout(TIMEOUT_MS),
        ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      });
      const text = await response.text();
      return { status: response.status, json: text === '' ? undefined : parse(text) };
    } catch (error) {
      const late = error instanceof Error && error.name === 'TimeoutError';
      const reason = late ? `did not answer within ${TIMEOUT_MS / 1000} s` : 'cannot be reached';
      throw new DomainError('downstream_unavailable', `${service} ${reason}; try again later`);
    }
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
