import { spawn } from 'node:child_process';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { execute } from '@hotel/cli';
import { freePorts } from '@hotel/system';
import type { Span } from '@hotel/trace-test';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { bookingSpans } from '../../test/spans.ts';
import { book, command as bookCommand } from '../book/command.ts';
import { trace, command as traceCommand } from '../trace/command.ts';
import type { CommandContext } from './context.ts';
import { PLAIN } from './terminal.ts';

const ID = '4bf92f3577b34da6a3ce929d0e0e4736';
type Answer = { status?: number; headers?: Record<string, string>; body: unknown };

let server: Server;
let url: string;
let answers: Record<string, (request: IncomingMessage) => Answer>;
const requests: string[] = [];

beforeEach(async () => {
  requests.length = 0;
  answers = {
    'GET /api/v1/rooms/free': () => ({ body: [{ id: 1, number: '101', name: 'Rose' }] }),
    'GET /api/v1/rooms': (request) =>
      request.url?.includes('after')
        ? { body: [{ id: 2, number: '102', name: 'Fern' }] }
        : {
            headers: { link: '</api/v1/rooms?limit=200&after=1>; rel="next"' },
            body: [{ id: 1, number: '101', name: 'Rose' }],
          },
    'POST /api/v1/bookings': () => ({
      status: 201,
      headers: { traceresponse: `00-${ID}-00f067aa0ba902b7-01` },
      body: { id: 7 },
    }),
    [`GET /api/v3/traces/${ID}`]: () => ({ body: otlp(bookingSpans()) }),
    'GET /api/v3/services': () => ({ body: { services: ['cleaning-worker', 'dispo'] } }),
    'GET /api/v3/traces': () => ({ body: otlp(bookingSpans()) }),
  };
  server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const route = `${request.method} ${request.url?.split('?')[0]}`;
    requests.push(`${request.method} ${request.url}`);
    const {
      status = 200,
      headers = {},
      body,
    } = answers[route]?.(request) ?? {
      status: 404,
      body: { error: { httpCode: 404, message: 'nothing' } },
    };
    request.resume().on('end', () => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

/** As Jaeger answers: OTLP JSON inside `result`. */
function otlp(spans: Span[]): unknown {
  const kinds = ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'];
  const attribute = (key: string, value: string) => ({ key, value: { stringValue: value } });
  const resourceSpans = spans.map((span) => ({
    resource: { attributes: [attribute('service.name', span.service)] },
    scopeSpans: [
      {
        scope: { name: 'test' },
        spans: [
          {
            traceId: span.traceId,
            spanId: span.spanId.padStart(16, '0'),
            ...(span.parentSpanId ? { parentSpanId: span.parentSpanId.padStart(16, '0') } : {}),
            name: span.name,
            kind: kinds.indexOf(span.kind),
            startTimeUnixNano: String(span.startNs),
            endTimeUnixNano: String(span.endNs),
            attributes: [],
            status: {},
          },
        ],
      },
    ],
  }));
  return { result: { resourceSpans } };
}

/** Runs a command inside this process. */
async function run(command: 'book' | 'trace', args: string[] = [], more: Record<string, string> = {}) {
  let out = '';
  const context: CommandContext = {
    env: { DISPO_URL: url, JAEGER_QUERY_URL: url, ...more },
    terminal: PLAIN,
    print: (text) => {
      out += `${text}\n`;
    },
  };
  const { code, err } =
    command === 'book'
      ? await execute(bookCommand, (given) => book(given, context), args)
      : await execute(traceCommand, (given) => trace(given, context), args);
  return { code, out, err };
}

async function spawned(command: 'book' | 'trace' | 'logs', args: string[] = []) {
  const child = spawn(process.execPath, [join(import.meta.dirname, `../${command}.ts`), ...args], {
    env: {
      PATH: process.env.PATH,
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
      DISPO_URL: url,
      JAEGER_QUERY_URL: url,
    },
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (data) => (out += data));
  child.stderr.on('data', (data) => (err += data));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, out, err };
}

it("books, and prints the response, its trace's waterfall and a link", async () => {
  const { code, out, err } = await spawned('book');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(/^Room 101 from \d{4}-\d\d-\d\d to \d{4}-\d\d-\d\d: dispo answered 201\n\{"id":7\}\n/);
  expect(out).toContain(`Trace ${ID}: 8 spans of`);
  expect(out).toMatch(/└─ CONSUMER process cleaning +cleaning-worker/);
  expect(out.trimEnd().split('\n').at(-1)).toBe(`${url}/trace/${ID}`);
});

it('books the room with the requested number, on any page of rooms', async () => {
  const { out } = await run('book', ['--room', '102', '--start', '2027-02-04', '--end', '2027-02-06']);
  expect(out).toMatch(/^Room 102 from 2027-02-04 to 2027-02-06/);
  expect(requests).toContain('GET /api/v1/rooms?limit=200&after=1');
});

it("prints dispo's reason for a rejection, and exits with 1", async () => {
  answers['POST /api/v1/bookings'] = () => ({
    status: 409,
    headers: { traceresponse: `00-${ID}-00f067aa0ba902b7-01`, 'content-type': 'application/problem+json' },
    body: {
      title: 'Conflict',
      status: 409,
      detail: 'Room 101 is taken',
      errors: [{ path: 'start', message: 'too early' }],
    },
  });
  const { code, err } = await run('book');
  expect(code).toBe(1);
  expect(err).toBe(
    `dispo rejected the request: 409 - Conflict - Room 101 is taken\n  start: too early\nIts trace: npx -y pnpm@12 trace ${ID}`,
  );
});

it('sends HOTEL_API_TOKEN to dispo, and asks for it if it is missing', async () => {
  for (const route of ['GET /api/v1/rooms/free', 'POST /api/v1/bookings']) {
    const known = answers[route];
    answers[route] = (request) =>
      (request.headers.authorization === 'Bearer s3cret' && known?.(request)) || {
        status: 401,
        body: { title: 'Unauthorized', detail: 'send a token' },
      };
  }
  expect((await run('book', [], { HOTEL_API_TOKEN: 's3cret' })).code).toBe(0);
  const { code, err } = await run('book');
  expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('Set HOTEL_API_TOKEN') });
});

it('reports that telemetry is off when the response names no trace', async () => {
  answers['POST /api/v1/bookings'] = () => ({ status: 201, body: { id: 7 } });
  const { code, out, err } = await run('book');
  expect(code).toBe(1);
  expect(out).toContain('dispo answered 201');
  expect(err).toContain('telemetry is off');
});

it('reports an unknown room', async () => {
  const { code, err } = await run('book', ['--room', '999']);
  expect(code).toBe(1);
  expect(err).toContain('There is no room 999.');
});

it('explains what to do when no hotel runs', async () => {
  const [port] = await freePorts(1);
  const env = { DISPO_URL: `http://127.0.0.1:${port}`, JAEGER_QUERY_URL: `http://127.0.0.1:${port}` };
  const book = await run('book', [], env);
  expect(book).toMatchObject({ code: 1, out: '' });
  expect(book.err).toMatch(/ECONNREFUSED\nStart the hotel with/);
  const trace = await run('trace', [], env);
  expect(trace).toMatchObject({ code: 1, out: '' });
  expect(trace.err).toMatch(/ECONNREFUSED.*JAEGER_QUERY_URL.*\n.*start it with/);
});

it('prints the newest trace of all services', async () => {
  const { code, out, err } = await run('trace');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toContain(`Trace ${ID}`);
  for (const service of ['cleaning-worker', 'dispo']) {
    const search = new RegExp(`^GET /api/v3/traces\\?query.serviceName=${service}&query.startTimeMin=`);
    expect(requests).toContainEqual(expect.stringMatching(search));
  }
});

it('prints the newest trace of the requested service or example', async () => {
  const newestOf = async (wish: string) => {
    requests.length = 0;
    await run('trace', ['last', wish]);
    return /serviceName=([\w-]+)/.exec(requests[0] ?? '')?.[1];
  };
  expect(await newestOf('--service=dispo')).toBe('dispo');
  expect(await newestOf('--example=shop')).toBe('api-gateway');
});

it('prints only the structure, the same every time', async () => {
  const { out } = await run('trace', [ID, '--no-times']);
  expect(out).toMatch(/^SERVER {3}POST \/api\/v1\/bookings +dispo\n/);
  expect(out).not.toMatch(/ ms|http:/);
});

it('reports that there is no trace, and how to make one', async () => {
  delete answers['GET /api/v3/traces'];
  const last = await run('trace', ['last']);
  expect(last).toMatchObject({ code: 1, out: '' });
  expect(last.err).toMatch(/^There is no trace of the last hour at .*\. Make one with/);
  const other = await run('trace', ['ab'.repeat(16)]);
  expect(other.code).toBe(1);
  expect(other.err).toContain(`There is no trace ${'ab'.repeat(16)} at ${url}.`);
});

it.each([
  ['trace', ['zz']],
  ['trace', ['0'.repeat(32)]],
  ['trace', [ID, ID]],
  ['trace', ['--loud']],
  ['trace', ['--service=dispo', '--example=shop']],
  ['trace', ['--port-offset=many']],
  ['book', ['--start', 'tomorrow']],
  ['book', ['now']],
] as const)('rejects `%s %s` with its usage and exit code 2', async (command, args) => {
  const { code, err } = await run(command, [...args]);
  expect(code).toBe(2);
  expect(err).toContain(`Usage: npx -y pnpm@12 ${command}`);
  expect(requests).toEqual([]);
});

const LOG = {
  sequence: 4,
  timeUnixNano: '1801300500123456789',
  service: 'dispo',
  severity: 'warn',
  severityNumber: 13,
  message: 'room \u001b[31m101 is taken',
  eventName: 'booking.rejected',
  traceId: ID,
  spanId: '00f067aa0ba902b7',
  attributes: { 'hotel.room.number': '101', 'exception.stacktrace': 'Error: taken\n    at book' },
};

it('prints stored log lines, filtered, without control characters', async () => {
  answers['GET /api/logs'] = () => ({ body: { logs: [LOG], last: 4 } });
  const { code, out, err } = await spawned('logs', ['--trace', ID, '--severity=warn']);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(/^\d\d:\d\d:00\.123 warn {2}dispo room \ufffd\[31m101 is taken event=booking\.rejected /);
  expect(out).toContain(`hotel.room.number=101 trace ${ID}\n    Error: taken\n        at book\n`);
  expect(requests).toEqual([`GET /api/logs?trace=${ID}&severity=warn`]);
});

it('follows the log lines from the last one on', async () => {
  let asked = 0;
  answers['GET /api/logs'] = () => ({ body: { logs: [{ ...LOG, message: `line ${++asked}` }], last: asked } });
  const child = spawn(process.execPath, [join(import.meta.dirname, '../logs.ts'), '--follow'], {
    env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE, JAEGER_QUERY_URL: url },
  });
  let out = '';
  child.stdout.on('data', (data) => {
    out += data;
    if (out.includes('line 3')) child.kill('SIGINT');
  });
  expect(await new Promise((resolve) => child.once('close', resolve))).toBe(0);
  expect(requests.slice(0, 3)).toEqual(['GET /api/logs?', 'GET /api/logs?after=1', 'GET /api/logs?after=2']);
});

it('says that a Jaeger has no logs, and what the viewer rejects', async () => {
  answers['GET /api/logs'] = () => ({ body: '<html>' });
  const jaeger = await spawned('logs');
  expect({ code: jaeger.code, err: jaeger.err }).toEqual({
    code: 1,
    err: expect.stringContaining('has no logs: it is not the viewer of this repository. Jaeger stores only traces'),
  });
  answers['GET /api/logs'] = () => ({ status: 400, body: { error: { message: 'severity is "loud"' } } });
  expect((await spawned('logs', ['--severity=loud'])).err).toBe('The viewer rejected the search: severity is "loud"\n');
});

it('imports a file into the viewer, and prints what was stored and what was rejected', async () => {
  answers['POST /import'] = () => ({
    status: 400,
    body: { traces: [ID], spans: 2, logs: 1, points: 0, problems: ['the body: 1 of 3 spans rejected: no id'] },
  });
  const file = join(import.meta.dirname, '../../package.json');
  const { code, out, err } = await spawned('trace', ['import', file]);
  expect({ code, out, err }).toEqual({
    code: 1,
    out: `Stored 2 spans of 1 traces, 1 log lines and 0 data points.\n${url}/trace/${ID}\n`,
    err: `${file}: 1 of 3 spans rejected: no id\n`,
  });
  expect((await run('trace', ['import', 'nowhere.json'])).err).toContain('Cannot read nowhere.json: ENOENT');
  expect((await run('trace', ['import'])).code).toBe(2);
});
