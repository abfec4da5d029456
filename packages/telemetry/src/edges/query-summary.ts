/** Literals and comments, which may contain any word; quoted names; words; any other single character. */
const TOKEN = /'(?:[^']|'')*'|--[^\n]*|\/\*.*?\*\/|"(?:[^"]|"")*"|`[^`]*`|\[[^\]]*\]|[a-z_][\w$]*|\S/gis;
const OPERATIONS = new Set(['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'REPLACE']);
/**
 * `ON CONFLICT DO UPDATE`, `ON DELETE CASCADE`, `INSERT OR REPLACE`, `FOR UPDATE` and `FOR NO KEY UPDATE` are not
 * operations.
 */
const NOT_BEFORE_OPERATION = new Set(['DO', 'ON', 'OR', 'FOR', 'KEY']);
const BEFORE_TARGET = new Set(['FROM', 'JOIN', 'INTO', 'UPDATE']);
const MAX_LENGTH = 255;

/**
 * A query's operations and their targets, in order: `SELECT bookings`, `INSERT stays SELECT tasks`. An operation without
 * a target is omitted next to others. For other statements it is the command: `COMMIT`, `BEGIN IMMEDIATE`.
 * https://opentelemetry.io/docs/specs/semconv/database/database-spans/#generating-a-summary-of-the-query
 */
export function summaryOf(source: string): string {
  const tokens = source.match(TOKEN)?.filter((token) => !/^(?:'|--|\/\*)/.test(token)) ?? [];
  const operations: string[][] = [];
  tokens.forEach((token, i) => {
    const word = token.toUpperCase();
    const before = tokens[i - 1]?.toUpperCase() ?? '';
    const isCall = tokens[i + 1] === '(';
    if (OPERATIONS.has(word) && !NOT_BEFORE_OPERATION.has(before) && !(word === 'REPLACE' && isCall)) {
      operations.push([word]);
    }
    if (BEFORE_TARGET.has(word) && before !== 'DISTINCT' && before !== 'DO' && before !== 'FOR' && before !== 'KEY') {
      operations.at(-1)?.push(...targetAt(tokens, i + 1, word));
    }
  });
  const done = operations.filter(({ length }) => length > 1);
  if (done.length > 0) return done.flat().join(' ').slice(0, MAX_LENGTH);
  const words = tokens.filter((token) => /^[a-z]/i.test(token)).map((word) => word.toUpperCase());
  return operations[0]?.[0] ?? (words.slice(0, words[0] === 'BEGIN' ? 2 : 1).join(' ') || 'QUERY');
}

/** Empty before a subquery, which has its own target, and before a table-valued function. */
function targetAt(tokens: string[], i: number, keyword: string): string[] {
  const at = tokens[i]?.toUpperCase() === 'OR' ? i + 2 : i;
  const name = tokens[at];
  if (name === undefined || !/^["`[\w]/.test(name) || name.toUpperCase() === 'SET') return [];
  const isFunction = tokens[at + 1] === '(' && keyword !== 'INTO';
  if (isFunction) return [];
  return [bare(name) + (tokens[at + 1] === '.' ? `.${bare(tokens[at + 2] ?? '')}` : '')];
}

function bare(name: string): string {
  return name.replace(/^["`[]|["`\]]$/g, '');
}
