import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gunzip, inflate } from 'node:zlib';
import { MalformedError } from './decode/reader.ts';
import { type Ingest, MAX_BODY_BYTES } from './ingest.ts';
import { encodeResponse, encodeStatus } from './response.ts';
import { SIGNALS } from './signals.ts';

const PROTOBUF = 'application/x-protobuf';
const JSON_TYPE = 'application/json';

class Refused extends Error {
  readonly httpStatus: number;

  constructor(httpStatus: number, message: string) {
    super(message);
    this.httpStatus = httpStatus;
  }
}

/** OTLP over HTTP, on plain node:http: three fixed paths need no framework. */
export function createOtlpHttpServer(ingest: Ingest): Server {
  return createServer((request, response) => {
    const type = mediaType(request);
    respond(request, type, ingest).then(
      (body) => send(response, 200, type === JSON_TYPE ? JSON_TYPE : PROTOBUF, body),
      (error: unknown) => sendError(request, response, type, error),
    );
  });
}

const receiverAt = (request: IncomingMessage) => {
  const path = (request.url ?? '').split('?')[0] ?? '';
  const known = SIGNALS.find((receiver) => receiver.path === path);
  if (known !== undefined) return known;
  const paths = SIGNALS.map((receiver) => receiver.path).join(', ');
  throw new Refused(404, `unknown path ${path.slice(0, 100)}: OTLP goes to POST ${paths}`);
};

async function respond(request: IncomingMessage, type: string, ingest: Ingest): Promise<Buffer | string> {
  const receiver = receiverAt(request);
  if (request.method !== 'POST') throw new Refused(405, `${request.method} is not allowed here: use POST`);
  if (type !== PROTOBUF && type !== JSON_TYPE) {
    throw new Refused(415, `content-type ${JSON.stringify(type)} is not supported: use ${PROTOBUF} or ${JSON_TYPE}`);
  }
  const body = await decompress(request, await readBody(request));
  try {
    if (type === PROTOBUF) return encodeResponse(ingest.protobuf(receiver.signal, body));
    const { rejected, message } = ingest.json(receiver.signal, body.toString('utf8'));
    return rejected === 0
      ? '{}'
      : JSON.stringify({ partialSuccess: { [receiver.rejected]: String(rejected), errorMessage: message } });
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error;
    throw new Refused(400, `malformed ${receiver.request}: ${error.message}`);
  }
}

const mediaType = (request: IncomingMessage): string =>
  (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';

const tooLarge = (): Refused =>
  new Refused(413, `the body is larger than ${MAX_BODY_BYTES} bytes: send smaller batches`);

async function readBody(request: IncomingMessage): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) throw tooLarge();
  const chunks: Buffer[] = [];
  let length = 0;
  // Destroying the request would close the connection before the sender of a large body gets its response.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_BODY_BYTES) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

const decoders = new Map([
  ['gzip', promisify<Buffer, { maxOutputLength: number }, Buffer>(gunzip)],
  ['deflate', promisify<Buffer, { maxOutputLength: number }, Buffer>(inflate)],
]);

async function decompress(request: IncomingMessage, body: Buffer): Promise<Buffer> {
  const encoding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (encoding === 'identity') return body;
  const decode = decoders.get(encoding);
  if (decode === undefined) {
    throw new Refused(415, `content-encoding ${JSON.stringify(encoding)} is not supported: use gzip, deflate or none`);
  }
  try {
    return await decode(body, { maxOutputLength: MAX_BODY_BYTES });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge();
    throw new Refused(400, `the body is not valid ${encoding}`);
  }
}

const INVALID_ARGUMENT = 3;
const INTERNAL = 13;

function sendError(request: IncomingMessage, response: ServerResponse, type: string, error: unknown): void {
  const refused = error instanceof Refused ? error : new Refused(500, 'the viewer failed to process this request');
  const code = refused.httpStatus === 500 ? INTERNAL : INVALID_ARGUMENT;
  if (refused.httpStatus === 405) response.setHeader('allow', 'POST');
  // The rest of a rejected body stays unread, so the connection cannot be reused.
  if (!request.complete) response.setHeader('connection', 'close');
  if (type === PROTOBUF) send(response, refused.httpStatus, PROTOBUF, encodeStatus(code, refused.message));
  else send(response, refused.httpStatus, JSON_TYPE, JSON.stringify({ code, message: refused.message }));
}

function send(response: ServerResponse, httpStatus: number, type: string, body: Buffer | string): void {
  response.writeHead(httpStatus, { 'content-type': type, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}
