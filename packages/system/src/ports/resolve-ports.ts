import type { Environment } from '../environment.ts';
import { SystemError } from '../error.ts';
import type { System } from '../types.ts';
import { freePorts, portProblem } from './ports.ts';

/**
 * Chooses a port for every port variable of a system: from `env`, else the system's own plus `offset` (`default`) or a
 * free one (`free`).
 * @throws SystemError that names every unusable port, the process that needs it, and the setting to change
 */
export async function resolvePorts(
  system: System,
  env: Environment,
  from: 'free' | 'default',
  offset = 0,
): Promise<Record<string, number>> {
  const wanted = system.processes.flatMap((spec) =>
    Object.entries(spec.ports).map(([setting, standard]) => ({
      setting,
      standard: standard + offset,
      process: spec.name,
    })),
  );
  const free = from === 'free' ? await freePorts(wanted.length) : [];
  const problems: string[] = [];
  const taken = new Map<number, string>();
  const ports: Record<string, number> = {};
  for (const [index, { setting, standard, process }] of wanted.entries()) {
    const given = env[setting];
    const port = given ? Number(given) : (free[index] ?? standard);
    if (!Number.isInteger(port) || port < 1 || port > 65_535) {
      problems.push(
        `${setting}=${given} is not a port. Set it to a number from 1 to 65535, or leave it out (${standard}).`,
      );
      continue;
    }
    const other = taken.get(port);
    if (other) problems.push(`${setting} and ${other} are both ${port}. Give one of them another port.`);
    else if (from === 'default' || given) problems.push(...(await describeProblem(setting, port, process, env)));
    taken.set(port, setting);
    ports[setting] = port;
  }
  if (problems.length > 0) throw new SystemError(problems.join('\n'));
  return ports;
}

async function describeProblem(setting: string, port: number, process: string, env: Environment): Promise<string[]> {
  const code = await portProblem(port, env.HOTEL_HOST || undefined);
  if (code === undefined) return [];
  if (code === 'EADDRINUSE') {
    const other = port < 55_535 ? port + 10_000 : port - 10_000;
    return [
      `Port ${port} is taken, and ${process} needs it. Stop what listens there, or set ${setting} to another port, for instance ${setting}=${other}. (\`dev --port-offset=1000\` shifts all ports.)`,
    ];
  }
  const reason = code === 'EACCES' ? 'only root may listen there (EACCES)' : code;
  return [`Port ${port} cannot be used by ${process}: ${reason}. Set ${setting} to another port.`];
}
