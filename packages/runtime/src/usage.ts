import { findPackageJSON } from 'node:module';
import { pathToFileURL } from 'node:url';

/** Output and exit code of a process that is not started. */
export interface Explanation {
  text: string;
  exitCode: 0 | 2;
}

/** Processes take no arguments: `--help` prints the usage, anything else is an error. */
export async function explain(name: string, [program = '', ...args]: string[]): Promise<Explanation | undefined> {
  const [first] = args;
  if (first === undefined) return undefined;
  const usage = await usageOf(name, program);
  if (args.some((arg) => arg === '--help' || arg === '-h')) return { text: usage, exitCode: 0 };
  return { text: `${name} takes no arguments, but was given '${first}'.\n\n${usage}`, exitCode: 2 };
}

async function usageOf(name: string, program: string): Promise<string> {
  const manifest = findPackageJSON(pathToFileURL(program));
  const { default: about } = manifest ? await import(manifest, { with: { type: 'json' } }) : { default: {} };
  return `Usage: ${name} [--help]

Runs ${name} in the foreground, until Ctrl-C or SIGTERM. Its package, ${about.name}:
${about.description}.

  --help  print this text

Settings (environment): docs/settings.md has those of the hotel, docs/telemetry-settings.md LOG_LEVEL and OTEL_*.
`;
}
