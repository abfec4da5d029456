import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { guard } from './guardian.ts';

const KEPT_LINES = 20;
const STOP_TIMEOUT_MS = 10_000;
/** A grandchild that outlives the process may hold its output open; the process's last lines arrive long before. */
const OUTPUT_GRACE_MS = 500;

/** One line of a process's output. `runner` lines are about the process and come from this package. */
export interface OutputLine {
  process: string;
  stream: 'stdout' | 'stderr' | 'runner';
  text: string;
}

export interface Exit {
  /** Null if a signal ended the process. */
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface StopResult extends Exit {
  /** Whether SIGKILL followed because the first signal did not end the process in time. */
  forced: boolean;
}

export interface UnexpectedExit extends Exit {
  name: string;
  lastLines: string[];
}

export interface ChildHandle {
  readonly name: string;
  readonly pid: number;
  /** Resolves when the process has ended and its output is read. Never rejects. */
  readonly exited: Promise<Exit>;
  /** True after the first `stop` or `kill`: the exit is then expected. */
  asked(): boolean;
  /** Its last lines of output, for error messages. */
  lastLines(): string[];
  /** Sends `stopSignal`, then SIGKILL after 10 s (`timeoutMs`), which is reported to `onLine`. */
  stop(timeoutMs?: number): Promise<StopResult>;
  /** Sends a signal without waiting; see `exited`. */
  kill(signal: NodeJS.Signals): void;
}

export interface ChildCommand {
  name: string;
  command: string;
  args: readonly string[];
  cwd: string;
  env: Readonly<Record<string, string>>;
  /** Ends the process in an orderly way. Default: SIGTERM. */
  stopSignal?: NodeJS.Signals;
  onLine?: ((line: OutputLine) => void) | undefined;
}

/** Starts a process that ends with this one. Rejects when the command cannot be started. */
export async function startChild({
  name,
  command,
  args,
  cwd,
  env,
  stopSignal = 'SIGTERM',
  onLine,
}: ChildCommand): Promise<ChildHandle> {
  const child = spawn(command, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (error) => reject(new Error(`${name} cannot be started: ${error.message} (in ${cwd})`)));
  });
  const pid = child.pid as number;
  const release = guard(pid, stopSignal);
  const kept: string[] = [];
  let asked = false;
  let forced = false;
  let stopping: Promise<StopResult> | undefined;

  const read = (stream: 'stdout' | 'stderr') =>
    createInterface({ input: child[stream], crlfDelay: Number.POSITIVE_INFINITY }).on('line', (text) => {
      kept.push(text);
      if (kept.length > KEPT_LINES) kept.shift();
      onLine?.({ process: name, stream, text });
    });
  read('stdout');
  read('stderr');

  const exited = new Promise<Exit>((resolve) => {
    child.once('exit', (code, signal) => {
      release();
      const settle = () => resolve({ code, signal });
      const timer = setTimeout(settle, OUTPUT_GRACE_MS);
      child.once('close', () => {
        clearTimeout(timer);
        // The reader emits the last line one turn after the stream has closed.
        setImmediate(settle);
      });
    });
  });

  return {
    name,
    pid,
    exited,
    asked: () => asked,
    lastLines: () => [...kept],
    stop(timeoutMs = STOP_TIMEOUT_MS) {
      asked = true;
      stopping ??= (async () => {
        const timer = setTimeout(() => {
          forced = true;
          const text = `${name} did not end within ${timeoutMs / 1000} s of ${stopSignal} and was killed`;
          onLine?.({ process: name, stream: 'runner', text });
          child.kill('SIGKILL');
        }, timeoutMs);
        child.kill(stopSignal);
        const exit = await exited;
        clearTimeout(timer);
        return { ...exit, forced };
      })();
      return stopping;
    },
    kill(signal) {
      asked = true;
      child.kill(signal);
    },
  };
}

/** Calls `report` when the process ends without `stop` or `kill`. */
export function onUnaskedExit(child: ChildHandle, report: (ended: UnexpectedExit) => void): void {
  void child.exited.then((exit) => {
    if (!child.asked()) report({ name: child.name, ...exit, lastLines: child.lastLines() });
  });
}

/** `code 1` or `signal SIGKILL`. */
export function describeExit({ code, signal }: Exit): string {
  return signal ? `signal ${signal}` : `code ${code}`;
}

/**
 * The last output, indented to follow an error message; empty when there is none. JSON log lines are reduced to the
 * messages of the worst level, since the lines themselves have already been shown.
 */
export function quoteLines(lines: readonly string[]): string {
  const quoted = lines.map(readLine);
  const worst = Math.max(...quoted.map(({ level }) => level));
  const shown = quoted.filter(({ level }) => level === worst).map(({ text }) => `\n    ${text}`);
  return shown.join('');
}

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'];

function readLine(line: string): { level: number; text: string } {
  try {
    const { level, msg } = JSON.parse(line) as { level?: unknown; msg?: unknown };
    if (typeof msg === 'string') return { level: LEVELS.indexOf(String(level)), text: msg };
  } catch {
    // Not JSON: output of a program without a working logger.
  }
  return { level: LEVELS.length, text: line };
}
