export const BATCH = 500;
const PER_TRACE = 10;

/** Ids that look like those of an SDK: 16 or 8 bytes. */
const id = (n: number, digits: number): string => ((n + 1) * 2_654_435_761).toString(16).padStart(digits, '7');

const nano = (ms: number): string => `${BigInt(Math.round(ms * 1000)) * 1000n}`;
const text = (key: string, value: string) => ({ key, value: { stringValue: value } });
const int = (key: string, value: number) => ({ key, value: { intValue: String(value) } });

const SERVICES = [
  'dispo',
  'dispo',
  'dispo',
  'dispo',
  'dispo',
  'cleaning-worker',
  'cleaning-worker',
  'cleaning-worker',
  'dispo',
  'dispo',
];
const KINDS = [2, 3, 3, 3, 4, 5, 3, 3, 2, 3];
const NAMES = [
  'POST /api/v1/bookings',
  'SELECT rooms',
  'SELECT bookings',
  'INSERT bookings',
  'send cleaning',
  'process cleaning',
  'INSERT tasks',
  'PUT',
  'PUT /internal/v1/bookings/:id/cleaning',
  'UPDATE bookings',
];

function span(n: number, start: number) {
  const [trace, place] = [Math.floor(n / PER_TRACE), n % PER_TRACE];
  const own = place === 0 ? [] : [{ parentSpanId: id(n - 1, 16) }];
  return {
    traceId: id(trace, 32),
    spanId: id(n, 16),
    ...own[0],
    flags: 257,
    name: NAMES[place],
    kind: KINDS[place],
    startTimeUnixNano: nano(start + place),
    endTimeUnixNano: nano(start + place + 20 - place),
    attributes: [
      text('http.request.method', 'POST'),
      text('http.route', '/api/v1/bookings'),
      int('http.response.status_code', 201),
      text('url.path', '/api/v1/bookings/'),
      text('url.scheme', 'http'),
      text('server.address', 'localhost'),
      int('server.port', 8080),
      text('messaging.message.id', `01990f3c-5a7e-7cc2-b8a4-${id(n, 12)}`),
      text('hotel.room.number', String(trace)),
      int('hotel.booking.id', trace),
    ],
    ...(place === 5
      ? {
          events: [
            {
              timeUnixNano: nano(start + 6),
              name: 'message.received',
              attributes: [text('hotel.event.type', 'booking.created')],
            },
          ],
        }
      : {}),
    status: {},
  };
}

const resource = (service: string) => ({
  attributes: [
    text('service.name', service),
    text('service.namespace', 'hotel'),
    text('host.name', 'bench'),
    int('process.pid', 4242),
    text('telemetry.sdk.language', 'nodejs'),
  ],
});

/** The n-th export of a busy hotel: bookings of ten spans in two services. */
export function batch(n: number): unknown {
  const start = Date.now() - 60_000 + n;
  const spans = Array.from({ length: BATCH }, (_, index) => n * BATCH + index);
  return {
    resourceSpans: [...new Set(SERVICES)].map((service) => ({
      resource: resource(service),
      scopeSpans: [
        {
          scope: { name: 'bench' },
          spans: spans.filter((index) => SERVICES[index % PER_TRACE] === service).map((index) => span(index, start)),
        },
      ],
    })),
  };
}

/** One trace, three spans below each. */
export function largeTrace(traceId: string, count: number): unknown {
  const start = Date.now() - 1000;
  const spans = Array.from({ length: count }, (_, n) => ({
    ...span(n, start + n / 10),
    traceId,
    parentSpanId: n === 0 ? '' : id(Math.floor((n - 1) / 3), 16),
  }));
  return { resourceSpans: [{ resource: resource('dispo'), scopeSpans: [{ scope: { name: 'bench' }, spans }] }] };
}
