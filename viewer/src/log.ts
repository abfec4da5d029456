export type Level = 'debug' | 'info' | 'warn' | 'error';

export const LEVELS: readonly Level[] = ['debug', 'info', 'warn', 'error'];

export type Log = (level: Level, msg: string, fields?: Record<string, unknown>) => void;

/** Logs one JSON object per line. */
export const createLog =
  (lowest: Level | 'silent', write: (line: string) => void): Log =>
  (level, msg, fields) => {
    if (lowest === 'silent' || LEVELS.indexOf(level) < LEVELS.indexOf(lowest)) return;
    write(`${JSON.stringify({ level, time: new Date().toISOString(), service: 'viewer', msg, ...fields })}\n`);
  };
