import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

export interface Started {
  ports: { query: number; health: number; otlpGrpc: number; otlpHttp: number };
  /** Current and peak memory of the process (Linux). */
  memory(): Promise<string>;
  stop(): Promise<void>;
}

/** Starts the viewer in a separate process on free ports. */
export async function startProcess(): Promise<Started> {
  const env = {
    ...process.env,
    HOTEL_HOST: '127.0.0.1',
    VIEWER_PORT: '0',
    VIEWER_HEALTH_PORT: '0',
    OTLP_GRPC_PORT: '0',
    OTLP_HTTP_PORT: '0',
  };
  const started = performance.now();
  const child = spawn(process.execPath, [fileURLToPath(new URL('../src/main.ts', import.meta.url))], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  console.log(`started in ${Math.round(performance.now() - started)} ms`);
  return {
    ports: JSON.parse(String(line)) as Started['ports'],
    memory: async () => {
      const status = await readFile(`/proc/${child.pid}/status`, 'utf8').catch(() => '');
      const mib = (name: string): string => {
        const kib = new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1];
        return kib === undefined ? '?' : String(Math.round(Number(kib) / 1024));
      };
      return `${mib('VmRSS')} (${mib('VmHWM')}) MiB`;
    },
    stop: async () => {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}
