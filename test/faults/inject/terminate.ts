import { describeExit } from '@hotel/system';
import type { Fault } from '../fault.ts';
import { PROCESSES } from '../world.ts';

/** SIGTERM under load, as in every deployment. */
export const terminations: Fault[] = PROCESSES.map((name) => ({
  name: `SIGTERM ${name}`,
  times: 10,
  losesSpans: false,
  unanswered: 'untaken',
  async inject({ world, findings }) {
    const exit = await world.system.processes.get(name)?.stop();
    if (exit?.code !== 0 || exit.forced) {
      findings.wrong.push(`${name} ended with ${exit ? describeExit(exit) : 'nothing'} after SIGTERM`);
    }
    await world.start(name);
    return undefined;
  },
}));
