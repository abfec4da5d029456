import { describeExit } from '@hotel/system';
import type { Fault, Scene } from '../fault.ts';
import { PROCESSES } from '../replicas.ts';

/** SIGTERM under load, as in every deployment. */
export const terminations: Fault[] = PROCESSES.map((name) => ({
  name: `SIGTERM ${name}`,
  times: 10,
  losesSpans: false,
  unanswered: 'untaken',
  async inject(scene) {
    const { replicas } = scene.world;
    const stopped = scene.random.pick(replicas.of(name));
    await requireStop(scene, stopped);
    await replicas.start(stopped);
    return undefined;
  },
}));

/** Stops a process. Reports a finding unless it exits with 0. */
export async function requireStop({ world, findings }: Scene, name: string): Promise<void> {
  const exit = await world.replicas.stop(name);
  if (exit.code !== 0 || exit.forced) findings.wrong.push(`${name} ended with ${describeExit(exit)} after SIGTERM`);
}
