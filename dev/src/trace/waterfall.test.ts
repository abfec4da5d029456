import type { Span } from '@hotel/trace-test';
import { describe, expect, it } from 'vitest';
import { bookingSpans, span } from '../../test/spans.ts';
import { PLAIN, type Terminal } from '../cli/terminal.ts';
import { renderWaterfall, summarize } from './waterfall.ts';

const TREE = `
SERVER   POST /api/v1/bookings                                       dispo
├─ CLIENT   INSERT bookings                                          dispo
└─ PRODUCER send cleaning                                            dispo
   └─ CONSUMER process cleaning                                      cleaning-worker
      ├─ CLIENT   INSERT tasks                                       cleaning-worker
      └─ CLIENT   PUT                                                cleaning-worker
         └─ SERVER   PUT /internal/v1/bookings/:id/cleaning          dispo
            └─ CLIENT   UPDATE bookings                              dispo
`;
const squeeze = (text: string) => text.trim().replaceAll(/ {2,}(?=dispo|cleaning)/g, '  ');

describe('without times', () => {
  const render = (spans: Parameters<typeof renderWaterfall>[0]) => renderWaterfall(spans, { times: false });

  it('shows the tree of a booking without values that vary between runs', () => {
    const text = render(bookingSpans());
    expect(squeeze(text)).toBe(squeeze(TREE));
    expect(render(bookingSpans().toReversed())).toBe(text);
  });

  it('aligns the services', () => {
    const columns = render(bookingSpans())
      .split('\n')
      .map((line) => line.search(/(dispo|cleaning-worker)$/));
    expect(new Set(columns).size).toBe(1);
  });

  it('marks an error with its message, a retry with its attempt, and a refusal with its status', () => {
    const text = render([
      span('1', undefined, 'dispo SERVER POST /x', [0, 9], { attributes: { 'http.response.status_code': 409 } }),
      span('2', '1', 'worker CONSUMER process q', [1, 2], {
        status: { code: 'ERROR', message: 'no plan' },
        attributes: { 'hotel.job.attempt': 2, 'hotel.queue.wait_ms': 3 },
      }),
      span('3', '2', 'worker CLIENT PUT', [1, 2], {
        status: { code: 'ERROR' },
        events: [{ name: 'exception', timeNs: 0n, attributes: { 'exception.message': 'refused' } }],
      }),
    ]);
    expect(text.split('\n').map((line) => line.trimEnd())).toEqual([
      'SERVER   POST /x       dispo',
      '│        answered 409',
      '└─ CONSUMER process q  worker',
      '   │        ERROR: no plan',
      '   │        attempt 2',
      '   └─ CLIENT   PUT     worker',
      '               ERROR: refused',
    ]);
  });

  it('marks spans whose parent is missing', () => {
    const text = render([span('1', undefined, 'a SERVER x', [0, 9]), span('2', 'gone', 'b SERVER y', [1, 2])]);
    expect(text).toMatch(/^SERVER {3}y +b\n +its parent is not in this trace$/m);
  });

  it('names the linked span, unless it is the parent', () => {
    const link = (traceId: string, spanId: string) => ({ traceId, spanId, attributes: {} });
    const [first] = bookingSpans();
    const own = (first as { traceId: string }).traceId;
    const text = render([
      span('1', undefined, 'a PRODUCER send', [0, 9]),
      span('2', undefined, 'b CONSUMER process', [1, 2], { links: [link(own, '1'), link('ff'.repeat(16), '9')] }),
    ]);
    expect(text).toContain('linked to send\n');
    expect(text).toContain('linked to another trace');
    expect(renderWaterfall(bookingSpans(), { times: false })).not.toContain('linked');
  });
});

describe('with times', () => {
  const tty: Terminal = { tty: true, colours: false, links: false, columns: 130 };

  it('shows the offset and duration of every span, and the wait in the queue', () => {
    const lines = renderWaterfall(bookingSpans()).split('\n');
    expect(lines[0]).toMatch(/^span +service +start +duration$/);
    expect(lines[1]).toMatch(/^SERVER {3}POST \/api\/v1\/bookings +dispo +0\.00 ms +12\.5 ms$/);
    expect(lines.find((line) => line.includes('PRODUCER'))).toMatch(/9\.00 ms +2\.00 ms$/);
    expect(lines.find((line) => line.includes('waited'))).toMatch(/waited 9\.00 ms in the queue$/);
  });

  it('measures the wait of a second attempt from the end of the first, even if the message was sent in another trace', () => {
    const sent = span('1', undefined, 'dispo PRODUCER send', [0, 10], { traceId: 'ff'.repeat(16) });
    const links = [{ traceId: sent.traceId, spanId: '1', attributes: {} }];
    const attempts = [
      span('2', undefined, 'worker CONSUMER process', [15, 20], { links }),
      span('3', undefined, 'worker CONSUMER process', [50, 60], { links }),
    ];
    const waits = (linked: Span[]) => renderWaterfall(attempts, { linked }).match(/waited .* ms/g);
    expect(waits([sent])).toEqual(['waited 5.00 ms', 'waited 30.0 ms']);
    expect(waits([])).toBeNull();
  });

  it('draws bars that fit the terminal, only on a terminal', () => {
    const lines = renderWaterfall(bookingSpans(), { terminal: tty }).split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(130);
    expect(lines.filter((line) => line.includes('━'))).toHaveLength(8);
    const starts = lines.filter((line) => line.includes('━')).map((line) => line.indexOf('━'));
    expect(starts).toEqual(starts.toSorted((a, b) => a - b));
    expect(renderWaterfall(bookingSpans())).not.toMatch(/━/);
  });

  it('shortens names on a narrow terminal and leaves the bars out', () => {
    const lines = renderWaterfall(bookingSpans(), { terminal: { ...tty, columns: 80 } }).split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(lines.join('\n')).toContain('…');
    expect(lines.join('\n')).not.toContain('━');
  });

  it('uses colours only if the terminal has them', () => {
    const failing = [span('1', undefined, 'a SERVER x', [0, 9], { status: { code: 'ERROR', message: 'broken' } })];
    const esc = String.fromCharCode(27);
    expect(renderWaterfall(failing, { terminal: tty })).not.toContain(esc);
    expect(renderWaterfall(failing, { terminal: { ...tty, colours: true } })).toContain(`${esc}[31mERROR: broken`);
  });

  it('replaces the control characters of foreign spans', () => {
    const hostile = [span('1', undefined, 'a SERVER x\u001b[2J\u0007', [0, 9])];
    expect(renderWaterfall(hostile, { terminal: PLAIN }).replace('\n', '')).not.toMatch(/\p{Cc}/u);
  });

  it('prints nothing without spans, and accepts a span without duration', () => {
    expect(renderWaterfall([])).toBe('');
    expect(renderWaterfall([span('1', undefined, 'a SERVER x', [0, 0])], { terminal: tty })).toContain('━');
  });
});

it('summarizes a trace in one line', () => {
  expect(summarize(bookingSpans())).toMatch(/^8 spans of .*dispo.* in 42\.0 ms$/);
});
