import { connect, type Socket } from 'node:net';

const HEAD_END = Buffer.from('\r\n\r\n');

/**
 * One HTTP/1.1 connection with one request in flight, handled as bytes: a generator that costs more than the service would
 * measure itself. Reads only responses with a Content-Length, which everything measured here sends.
 */
export class Connection {
  private readonly socket: Socket;
  private readonly opened: Promise<void>;
  private received: Buffer = Buffer.alloc(0);
  private waiting: { resolve: (status: number) => void; reject: (error: Error) => void } | undefined;

  constructor(port: number) {
    this.socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.opened = new Promise((resolve, reject) => {
      this.socket.once('connect', resolve);
      this.socket.once('error', reject);
    });
    this.socket.on('data', (bytes) => this.take(bytes));
    this.socket.on('error', (error) => this.fail(error));
    this.socket.on('close', () => this.fail(new Error('the service closed the connection')));
  }

  open(): Promise<void> {
    return this.opened;
  }

  /** Resolves to the status once the whole response has arrived. */
  send(request: string): Promise<number> {
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject };
      this.socket.write(request, 'latin1');
    });
  }

  close(): void {
    this.waiting = undefined;
    this.socket.destroy();
  }

  private take(bytes: Buffer): void {
    this.received = this.received.length === 0 ? bytes : Buffer.concat([this.received, bytes]);
    const end = this.received.indexOf(HEAD_END);
    if (end === -1) return;
    const head = this.received.toString('latin1', 0, end);
    const length = contentLength(head);
    if (length === undefined) {
      this.fail(new Error(`a response without a Content-Length:\n${head}`));
      return;
    }
    if (this.received.length < end + HEAD_END.length + length) return;
    this.received = Buffer.alloc(0);
    const waiting = this.waiting;
    this.waiting = undefined;
    waiting?.resolve(Number(head.slice(9, 12)));
  }

  private fail(error: Error): void {
    const waiting = this.waiting;
    this.waiting = undefined;
    waiting?.reject(error);
  }
}

/** Content-Length of a response head; 0 for a status without a body. */
export function contentLength(head: string): number | undefined {
  if (/^HTTP\/1\.1 (204|304)/.test(head)) return 0;
  const [, length] = /\r\ncontent-length: *(\d+)/i.exec(head) ?? [];
  return length === undefined ? undefined : Number(length);
}
