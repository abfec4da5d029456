/** What to send: bookings that do not overlap, or the same GET repeatedly. */
export type Requests =
  | {
      kind: 'bookings';
      /** Use rooms 1 to this number. */
      rooms: number;
      /** Bookings sent before, so that these do not overlap them. */
      from: number;
      /** The first day, for example `2030-01-01`. */
      since?: string;
    }
  | { kind: 'get'; path: string };

const DAY_MS = 86_400_000;
const day = (since: number, offset: number) => new Date(since + offset * DAY_MS).toISOString().slice(0, 10);

/** The bytes of the nth request. Stays of one night: room by room, then night by night. */
export function requestText(requests: Requests, n: number): string {
  if (requests.kind === 'get') return `GET ${requests.path} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n`;
  const at = requests.from + n;
  const since = Date.parse(requests.since ?? '2030-01-01');
  const night = Math.floor(at / requests.rooms);
  const body = JSON.stringify({
    room_id: (at % requests.rooms) + 1,
    start: day(since, night),
    end: day(since, night + 1),
  });
  return `POST /api/v1/bookings HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
}
