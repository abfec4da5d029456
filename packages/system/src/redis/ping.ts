import { connect } from 'node:net';

/** True when a Redis at 127.0.0.1 answers PING; false when nothing does, or it is still loading its data. */
export function ping(port: number, timeoutMs = 1_000): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' }, () => socket.write('*1\r\n$4\r\nPING\r\n'));
    const settle = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(timeoutMs, () => settle(false));
    socket.on('error', () => settle(false));
    socket.on('close', () => settle(false));
    socket.on('data', (data) => settle(data.toString('latin1').startsWith('+PONG')));
  });
}
