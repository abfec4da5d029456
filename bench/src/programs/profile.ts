/** Preloaded into dispo: SIGUSR2 starts a CPU profile, the next SIGUSR2 writes it to a file next to the database. */
import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { join } from 'node:path';

const INTERVAL_US = 250;
const file = join(process.env.HOTEL_DATA_DIR ?? '.', 'profile.json');
const session = new Session();
session.connect();
let running = false;

process.on('SIGUSR2', async () => {
  running = !running;
  if (running) {
    await session.post('Profiler.enable');
    await session.post('Profiler.setSamplingInterval', { interval: INTERVAL_US });
    await session.post('Profiler.start');
    return;
  }
  const { profile } = await session.post('Profiler.stop');
  writeFileSync(file, JSON.stringify(profile));
});
