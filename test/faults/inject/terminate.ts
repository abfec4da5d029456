import { describeExit } from '@hotel/system';
import type { Fault } from '../fault.ts';
import { PROCESSES } from '../replicas.ts';

/** SIGTERM under load, as in every deployment. */
export const terminations: Fault[] = PROCESSES.map((name) => ({
  name: `SIGTERM ${name}`,
  times: 10,
  losesSpans: false,
  unanswered: 'untaken',
  async inject({ world: { replicas }, random, findings }) {
    const stopped = random.pick(replicas.of(name));
    const exit = await replicas.stop(stopped);
    if (exit.code !== 0 || exit.forced) {
      findings.wrong.push(`${stopped} ended with ${describeExit(exit)} after SIGTERM`);
    }
    await replicas.start(stopped);
    return undefined;
  },
}));
