import { CommandError } from '@hotel/cli';
import { httpJson, type JsonRequest, type JsonResponse } from '@hotel/trace-test';

export interface Room {
  id: number;
  number: string;
  name: string;
}

interface Problem {
  title?: string;
  detail?: string;
  errors?: Array<{ path: string; message: string }>;
}

/**
 * The part of dispo's public API that a booking needs, with a bearer token if required. A rejected request becomes a
 * `CommandError` with the API's message.
 */
export function createHotelApi(url: string, token?: string) {
  const headers: Record<string, string> = token ? { authorization: `Bearer ${token}` } : {};
  const call = async <Body>(path: string, init?: JsonRequest): Promise<JsonResponse<Body>> => {
    let response: JsonResponse<Body>;
    try {
      response = await httpJson<Body>(`${url}${path}`, { ...init, headers });
    } catch (error) {
      const { code, message } = ((error as Error).cause ?? error) as NodeJS.ErrnoException;
      throw new CommandError(
        `dispo at ${url} does not answer: ${code ?? message}\nStart the hotel with \`npx -y pnpm@12 dev\`, or set DISPO_URL to a running dispo.`,
      );
    }
    if (response.status >= 400) throw new CommandError(describe(path, response));
    return response;
  };

  return {
    async freeRooms(start: string, end: string): Promise<Room[]> {
      return (await call<Room[]>(`/api/v1/rooms/free?start=${start}&end=${end}`)).body;
    },
    /** The room with a number on its door. */
    async room(number: string): Promise<Room> {
      let path: string | undefined = '/api/v1/rooms?limit=200';
      while (path) {
        const { body, headers }: JsonResponse<Room[]> = await call<Room[]>(path);
        const found = body.find((room) => room.number === number);
        if (found) return found;
        path = nextPage(headers.get('link'), url);
      }
      throw new CommandError(`There is no room ${number}. The rooms: ${url}/api/v1/rooms`);
    },
    book: (roomId: number, start: string, end: string) =>
      call<Record<string, unknown>>('/api/v1/bookings', { method: 'POST', body: { room_id: roomId, start, end } }),
  };
}

function nextPage(header: string | null, url: string): string | undefined {
  const target = /<([^>]*)>\s*;\s*rel="next"/.exec(header ?? '')?.[1];
  if (target === undefined) return undefined;
  const { pathname, search } = new URL(target, `${url}/`);
  return pathname + search;
}

function describe(path: string, { status, body, traceId }: JsonResponse<unknown>): string {
  const { title, detail, errors = [] } = (typeof body === 'object' && body !== null ? body : {}) as Problem;
  return [
    `dispo rejected the request: ${[status, title, detail ?? (typeof body === 'string' ? body : path)].filter(Boolean).join(' - ')}`,
    ...errors.map((error) => `  ${error.path}: ${error.message}`),
    ...(status === 401 || status === 403 ? ['Set HOTEL_API_TOKEN to a token of its HOTEL_API_TOKENS.'] : []),
    ...(traceId ? [`Its trace: npx -y pnpm@12 trace ${traceId}`] : []),
  ].join('\n');
}
