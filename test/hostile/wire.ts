import { connect, type Socket } from 'node:net';

export interface WireAnswer {
  status: number;
  /** Lowercase names. */
  headers: Array<[string, string]>;
  body: string;
}

/** Writes these bytes; resolves to everything received once the peer has closed the connection. */
export async function converse(port: number, bytes: string | Buffer): Promise<WireAnswer[]> {
  const { socket, answers } = open(port);
  socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
  return answers;
}

/** A raw connection. A reset by the peer counts as its end. */
export function open(port: number): { socket: Socket; answers: Promise<WireAnswer[]> } {
  const socket = connect(port, '127.0.0.1');
  const answers = new Promise<WireAnswer[]>((resolve) => {
    const chunks: Buffer[] = [];
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('error', () => {});
    socket.on('close', () => resolve(parse(Buffer.concat(chunks).toString('latin1'))));
  });
  return { socket, answers };
}

/** Parses consecutive HTTP/1.1 responses, which all have a Content-Length here. */
function parse(text: string): WireAnswer[] {
  const answers: WireAnswer[] = [];
  for (let rest = text; rest !== ''; ) {
    const end = rest.indexOf('\r\n\r\n');
    const [first = '', ...lines] = rest.slice(0, end).split('\r\n');
    const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(first)?.[1]);
    if (end === -1 || Number.isNaN(status))
      throw new Error(`this is not an HTTP response: ${JSON.stringify(rest.slice(0, 200))}`);
    const headers = lines.map((line): [string, string] => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    });
    const length = Number(headers.find(([name]) => name === 'content-length')?.[1] ?? 0);
    const body = rest.slice(end + 4, end + 4 + length);
    rest = rest.slice(end + 4 + length);
    // `100 Continue` is not the final response.
    if (status >= 200) answers.push({ status, headers, body });
  }
  return answers;
}
