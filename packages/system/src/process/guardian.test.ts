import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';

/** Linux lets root choose the next pid. */
const LAST_PID = '/proc/sys/kernel/ns_last_pid';

function canChoosePids(): boolean {
  try {
    accessSync(LAST_PID, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** Guards a process that ends, starts another with its pid, prints the pid and dies without releasing the guardian. */
const PROGRAM = `
  import { spawn } from 'node:child_process';
  import { once } from 'node:events';
  import { writeFileSync } from 'node:fs';
  import { setTimeout as sleep } from 'node:timers/promises';
  const { guard } = await import(${JSON.stringify(join(import.meta.dirname, 'guardian.ts'))});
  const start = () => spawn('sleep', ['60'], { detached: true, stdio: 'ignore' });
  const guarded = start();
  guard(guarded.pid, 'SIGTERM');
  await sleep(1_000);
  guarded.kill('SIGKILL');
  await once(guarded, 'exit');
  for (let tries = 0; tries < 1_000; tries++) {
    writeFileSync('${LAST_PID}', String(guarded.pid - 1));
    const other = start();
    if (other.pid === guarded.pid) break;
    other.kill('SIGKILL');
  }
  process.stdout.write(String(guarded.pid), () => process.kill(process.pid, 'SIGKILL'));
`;

it.runIf(canChoosePids())('does not signal another process that has the pid of the guarded one', async () => {
  const runner = spawn(process.execPath, ['--input-type=module', '-e', PROGRAM], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(runner, 'exit');
  const pid = Number(await text(runner.stdout));
  await exited;
  await sleep(1_000);
  expect(readFileSync(`/proc/${pid}/cmdline`, 'utf8')).toBe('sleep\0' + '60\0');
  process.kill(pid, 'SIGKILL');
});
