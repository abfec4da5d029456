import { token } from './token.ts';

/** The response to a request, or the reason why there is none. */
export interface Outcome {
  ok: boolean;
  /** 0 without a response. */
  status: number;
  body: unknown;
  /** In words; empty if `ok`. */
  detail: string;
  /** The trace of the request, if it is recorded. */
  traceId: string | undefined;
  retryAfterMs: number;
}

/** The hotel answers within 11 s, if it does. */
const LIMIT_MS = 20_000;

export interface Call {
  method: 'POST' | 'PATCH' | 'DELETE';
  path: string;
  body?: object;
  headers?: Record<string, string>;
}

interface Problem {
  detail?: string;
  errors?: Array<{ path: string; message: string }>;
}

/** Calls the API. Calls `fetch` before it returns: the current span is its parent only then. Never rejects. */
export async function call({ method, path, body, headers }: Call): Promise<Outcome> {
  const signal = AbortSignal.timeout(LIMIT_MS);
  const init: RequestInit = { method, headers: { ...authorization(), ...headers }, signal };
  if (body) {
    init.body = JSON.stringify(body);
    init.headers = { ...init.headers, 'content-type': 'application/json' };
  }
  try {
    return await outcomeOf(await fetch(path, init));
  } catch {
    const detail = 'the hotel does not answer; check the board to see whether it worked, then try again';
    return { ok: false, status: 0, body: undefined, detail, traceId: undefined, retryAfterMs: 1_000 };
  }
}

export function authorization(): Record<string, string> {
  const value = token();
  return value === undefined ? {} : { authorization: `Bearer ${value}` };
}

async function outcomeOf(response: Response): Promise<Outcome> {
  const { ok, status, headers } = response;
  const body: unknown = await response.json().catch(() => undefined);
  const [, traceId, , flags = '00'] = headers.get('traceresponse')?.split('-') ?? [];
  const isRecorded = (Number.parseInt(flags, 16) & 1) === 1;
  return {
    ...{ ok, status, body, detail: ok ? '' : wordsOf(body as Problem | undefined, status) },
    traceId: isRecorded ? traceId : undefined,
    retryAfterMs: Number(headers.get('retry-after') ?? 1) * 1_000,
  };
}

function wordsOf(problem: Problem | undefined, status: number): string {
  const errors = problem?.errors?.map(({ path, message }) => `${path} ${message}`).join('; ');
  return errors || problem?.detail || `the hotel answered with ${status}`;
}
