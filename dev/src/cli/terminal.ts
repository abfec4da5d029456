import { styleText } from 'node:util';

/** Capabilities of an output stream. */
export interface Terminal {
  /** True for a terminal: colours, bars and readable log lines. False for a pipe or a file. */
  tty: boolean;
  colours: boolean;
  /** Clickable text (OSC 8). */
  links: boolean;
  columns: number;
}

type Environment = Readonly<Record<string, string | undefined>>;
export type Colour = 'red' | 'green' | 'yellow' | 'blue' | 'magenta' | 'cyan' | 'dim' | 'bold';

export const PLAIN: Terminal = { tty: false, colours: false, links: false, columns: 120 };

export function terminalOf(stream: { isTTY?: boolean; columns?: number }, env: Environment): Terminal {
  const forced = env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== '0';
  const capable = stream.isTTY === true && env.TERM !== 'dumb';
  return {
    tty: stream.isTTY === true,
    colours: !env.NO_COLOR && (capable || forced),
    links: capable && knowsLinks(env),
    columns: stream.columns ?? PLAIN.columns,
  };
}

/** Terminals known to support OSC 8; some others print it. */
function knowsLinks(env: Environment): boolean {
  if (env.FORCE_HYPERLINK !== undefined) return env.FORCE_HYPERLINK !== '0';
  if (Number(env.VTE_VERSION) >= 5000) return true;
  if (env.WT_SESSION || env.KITTY_WINDOW_ID || env.KONSOLE_VERSION) return true;
  if (['iTerm.app', 'WezTerm', 'vscode', 'ghostty', 'Hyper'].includes(env.TERM_PROGRAM ?? '')) return true;
  return /^(xterm-kitty|xterm-ghostty|alacritty|foot)/.test(env.TERM ?? '');
}

export function paint(terminal: Terminal, colour: Colour, text: string): string {
  return terminal.colours ? styleText(colour, text, { validateStream: false }) : text;
}

export function link(terminal: Terminal, url: string, text: string): string {
  return terminal.links ? `\u001b]8;;${url}\u001b\\${text}\u001b]8;;\u001b\\` : text;
}

/** Sanitizes foreign text: it must not move the cursor, ring the bell or colour the screen. */
export function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, (c) => (c === '\n' || c === '\t' ? ' ' : '\ufffd'));
}

const PALETTE: readonly Colour[] = ['cyan', 'green', 'magenta', 'yellow', 'blue'];

/** Assigns colours to names in their order. */
export function colourByName(names: readonly string[]): (name: string) => Colour {
  return (name) => PALETTE[Math.max(names.indexOf(name), 0) % PALETTE.length] as Colour;
}
