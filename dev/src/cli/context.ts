import { type Terminal, terminalOf } from './terminal.ts';

/** What a command uses of its process. */
export interface CommandContext {
  env: Readonly<Record<string, string | undefined>>;
  terminal: Terminal;
  /** Writes lines to stdout. */
  print(text: string): void;
}

export function contextOf({ env, stdout }: Pick<NodeJS.Process, 'env' | 'stdout'>): CommandContext {
  return { env, terminal: terminalOf(stdout, env), print: (text) => void stdout.write(`${text}\n`) };
}
