import { connect } from 'node:net';

/**
 * The process id of the Redis at 127.0.0.1 that answers PING; undefined when there is none, or while it loads its data.
 * The id distinguishes the server just started from an earlier one on the same port.
 */
export function answeringPid(port: number, timeoutMs = 1_000): Promise<number | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' }, () => socket.write('PING\r\nINFO server\r\n'));
    let reply = '';
    const settle = (pid?: number) => {
      socket.destroy();
      resolve(pid);
    };
    socket.setTimeout(timeoutMs, () => settle());
    socket.on('error', () => settle());
    socket.on('close', () => settle());
    socket.on('data', (data) => {
      reply += data.toString('latin1');
      const pid = /process_id:(\d+)\r/.exec(reply)?.[1];
      if (!reply.startsWith('+PONG')) settle();
      else if (pid) settle(Number(pid));
    });
  });
}
