const TIMEOUT_MS = 10_000;

/** How messages name a trace store, and the setting with its address. */
export interface StoreWords {
  /** The software expected at the address. */
  api: string;
  setting: string;
  /** Whether any 404 means "nothing found". Otherwise only a 404 in JSON does, and another server's 404 is an error. */
  emptyOn404?: boolean;
}

/** The JSON response of a trace store, or undefined for 404, which means "nothing found". Errors name the URL. */
export async function getJson(
  url: string,
  { api, setting, emptyOn404 }: StoreWords,
  headers: Record<string, string> = {},
): Promise<unknown> {
  const response = await fetch(url, { headers, signal: AbortSignal.timeout(TIMEOUT_MS) }).catch((error: unknown) => {
    throw new Error(
      `Cannot reach the trace store at ${url} (${reasonOf(error)}). Is it running? ${setting} says where it is.`,
      { cause: error },
    );
  });
  if (emptyOn404 && response.status === 404) return undefined;
  const text = await response.text();
  const json = parse(text);
  if (json === undefined || (!response.ok && response.status !== 404)) {
    throw new Error(
      `${url} answered ${response.status}: ${text.slice(0, 300) || '(nothing)'}. Expected ${api}: check ${setting}.`,
    );
  }
  return response.status === 404 ? undefined : json;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause as NodeJS.ErrnoException | undefined;
  return cause?.code ?? cause?.message ?? error.message;
}
