export interface JsonRequest extends Omit<RequestInit, 'body' | 'headers'> {
  headers?: Record<string, string>;
  /** Sent as JSON; a string is sent unchanged, so that invalid JSON can be sent too. */
  body?: unknown;
}

export interface JsonResponse<Body> {
  status: number;
  headers: Headers;
  /** Parsed if the content type is JSON, otherwise text; undefined if empty. */
  body: Body;
  /** From the `traceresponse` header: the trace that contains the request. */
  traceId: string | undefined;
}

/** One HTTP request with an optional JSON body and an optional JSON response. `Body` is not checked at run time. */
export async function httpJson<Body = unknown>(url: string, init: JsonRequest = {}): Promise<JsonResponse<Body>> {
  const { body, headers, ...rest } = init;
  const response = await fetch(url, {
    ...rest,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = /^application\/([\w.-]+\+)?json\b/.test(response.headers.get('content-type') ?? '');
  return {
    status: response.status,
    headers: response.headers,
    body: (text === '' ? undefined : isJson ? JSON.parse(text) : text) as Body,
    traceId: response.headers.get('traceresponse')?.split('-')[1],
  };
}
