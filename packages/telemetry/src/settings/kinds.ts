import { readFileSync, statSync } from 'node:fs';
import { decodedPair } from './pairs.ts';

export type Environment = Record<string, string | undefined>;

/** A checked value, undefined for unset. Each problem completes a sentence that begins with the variable's name. */
export interface Reading {
  value: string | undefined;
  problems: string[];
}

export interface Kind {
  /** Describes valid values, for messages and docs. */
  accepts: string;
  read(value: string, name: string, env: Environment): Reading;
}

const LARGEST = 2 ** 31 - 1;
/** Replaces a timeout of 0: the longest that timers support. */
export const NO_LIMIT = String(LARGEST);
const LONGEST_SHOWN = 40;

const right = (value: string): Reading => ({ value, problems: [] });
const wrong = (problem: string): Reading => ({ value: undefined, problems: [`${problem}; it is treated as unset`] });
/** Only for kinds whose values are not secret. */
const shown = (value: string) =>
  JSON.stringify(value.length > LONGEST_SHOWN ? `${value.slice(0, LONGEST_SHOWN)}…` : value);

export const text: Kind = { accepts: 'text', read: right };

export const boolean: Kind = oneOf('true', 'false');

/** One of these names, case-insensitive. */
export function oneOf(...names: string[]): Kind {
  const accepts = names.map((name) => `\`${name}\``).join(', ');
  return {
    accepts,
    read(value) {
      const name = value.toLowerCase();
      return names.includes(name) ? right(name) : wrong(`${shown(value)} is not one of ${names.join(', ')}`);
    },
  };
}

/** A comma-separated list of these names. `none` and `all` exclude others. */
export function listOf(...names: string[]): Kind {
  const accepts = `a list of ${names.map((name) => `\`${name}\``).join(', ')}`;
  return {
    accepts,
    read(value) {
      const wanted = new Set(
        value
          .split(',')
          .map((name) => name.trim().toLowerCase())
          .filter(Boolean),
      );
      const problems = [...wanted]
        .filter((name) => !names.includes(name))
        .map((name) => `${shown(name)} is not one of ${names.join(', ')}; it is ignored`);
      const known = [...wanted].filter((name) => names.includes(name));
      const alone = known.find((name) => name === 'none' || name === 'all');
      if (alone && known.length > 1) problems.push(`with ${alone}, the rest of the list has no effect`);
      return { value: alone ?? (known.join(',') || undefined), problems };
    },
  };
}

/** A whole number in this range. */
export function integer(smallest: number, largest = LARGEST): Kind {
  const accepts = `a whole number from ${smallest} to ${largest}`;
  return {
    accepts,
    read(value) {
      const number = Number(value);
      const isRight = /^\+?\d+$/.test(value) && number >= smallest && number <= largest;
      return isRight ? right(String(number)) : wrong(`${shown(value)} is not ${accepts}`);
    },
  };
}

/** Milliseconds; 0 means no limit, as specified. */
export const timeout: Kind = {
  accepts: 'milliseconds, 0 for no limit',
  read(value, name, env) {
    const reading = integer(0).read(value, name, env);
    return reading.value === '0' ? right(NO_LIMIT) : reading;
  },
};

/** The share of traces to sample. */
export const ratio: Kind = {
  accepts: 'a number from 0 to 1',
  read(value) {
    const isRight = /^\d*\.?\d+(?:e-?\d+)?$/i.test(value) && Number(value) <= 1;
    return isRight ? right(value) : wrong(`${shown(value)} is not a number from 0 to 1`);
  },
};

/** A collector's address. It may contain a password, so it is never shown. */
export const endpoint: Kind = {
  accepts: 'a URL like `http://localhost:4317`',
  read(value, name, env) {
    const isGrpc = protocolFor(name, env) === 'grpc';
    const url = URL.parse(value);
    const isHttp = /^https?:\/\/[^\s\p{Cc}]+$/iu.test(value) && url?.hostname;
    const isForGrpc = isGrpc && isGrpcAddress(value);
    if (!isHttp && !isForGrpc) {
      const hint = /^[\w.-]+:\d+/.test(value) ? ' (http:// or https:// is missing)' : '';
      return wrong(`its value is not a URL like http://localhost:4317${hint}`);
    }
    // Paths of signals are appended to it.
    if (name === 'OTEL_EXPORTER_OTLP_ENDPOINT' && /[?#]/.test(value)) {
      return wrong('its value has a query or a fragment, which only the address of one signal may have');
    }
    if (isHttp && isGrpc && url.username + url.password !== '') {
      return {
        value,
        problems: ['a name and a password in an address are not sent over gRPC; use OTEL_EXPORTER_OTLP_HEADERS'],
      };
    }
    const isSecurityGiven = (env[name.replace(/ENDPOINT$/, 'INSECURE')] ?? env.OTEL_EXPORTER_OTLP_INSECURE)?.trim();
    if (!isHttp && !value.startsWith('unix:') && !isSecurityGiven) {
      return {
        value,
        problems: ['it has no scheme, so TLS is used; prefix it with http:// for a connection without TLS'],
      };
    }
    return right(value);
  },
};

/** gRPC has its own address format, with TLS unless OTEL_EXPORTER_OTLP_INSECURE is set. */
function isGrpcAddress(value: string): boolean {
  const isName = /^(?:[\w.-]+|\[[\da-f:.]+\]):0*[1-9]\d*$/i.test(value);
  return /^unix:\/\/\/./.test(value) || (isName && URL.canParse(`http://${value}`));
}

function protocolFor(name: string, env: Environment): string {
  return env[name.replace(/ENDPOINT$|HEADERS$/, 'PROTOCOL')] ?? env.OTEL_EXPORTER_OTLP_PROTOCOL ?? 'grpc';
}

/** The path of a PEM file. It is never shown, since a key may have been pasted instead. */
export function pemFile(part: 'certificate' | 'key'): Kind {
  return {
    accepts: 'the path of a PEM file',
    read(value) {
      try {
        // Reading a device or a pipe might never end.
        if (!statSync(value).isFile()) return wrong('it is not the path of a file');
        const content = readFileSync(value);
        // A key is checked together with its certificate.
        if (part === 'certificate') new (process.getBuiltinModule('node:crypto').X509Certificate)(content);
        return right(value);
      } catch (error) {
        const { code, syscall } = error as NodeJS.ErrnoException;
        return wrong(syscall ? `its file cannot be read (${code})` : 'its file is not a certificate in PEM format');
      }
    },
  };
}

type FlawOf = (key: string, value: string, pair: string, isGrpc: boolean) => string | undefined;

/** Comma-separated, percent-encoded `key=value` pairs; only invalid ones are dropped. */
function pairs(flawOf: FlawOf): Kind {
  return {
    accepts: 'pairs like `key=value`, percent-encoded',
    read(list, name, env) {
      const problems: string[] = [];
      const isGrpc = protocolFor(name, env) === 'grpc';
      const kept = list.split(',').flatMap((pair, index) => {
        if (!pair.trim()) return [];
        const [key, value] = decodedPair(pair) ?? [];
        const flaw = key && value ? flawOf(key, value, pair, isGrpc) : 'is not a pair like key=value, percent-encoded';
        // Shows neither key nor value: if the key was forgotten, the secret is in its place.
        if (flaw) problems.push(`entry ${index + 1} ${flaw}; it is ignored`);
        return flaw ? [] : [`${encodeURIComponent(key ?? '')}=${encodeURIComponent(value ?? '')}`];
      });
      return { value: kept.join(',') || undefined, problems };
    },
  };
}

/** If one of these is set, gRPC sends nothing, and HTTP/1.1 sends unreadable requests. */
const OF_THE_CONNECTION =
  /^(?:connection|content-length|host|http2-settings|keep-alive|proxy-connection|te|trailer|transfer-encoding|upgrade)$/i;

/** Headers of every export. Neither their names nor their values are ever shown. */
export const headers: Kind = pairs((key, value, _pair, isGrpc) => {
  const isToken = isGrpc ? /^[0-9a-z_.-]+$/i.test(key) : /^[!#$%&'*+.^_`|~0-9a-z-]+$/i.test(key);
  if (!isToken || (isGrpc && /-bin$/i.test(key))) return 'has a name that a header cannot have';
  if (OF_THE_CONNECTION.test(key)) return 'has a name that belongs to the connection';
  return /^[\x20-\x7e]+$/.test(value)
    ? undefined
    : 'has characters that a header cannot have, a line break or a letter that is not ASCII';
});

export const resourceAttributes: Kind = pairs((_key, _value, pair) =>
  pair.split('=').length > 2 ? 'has a second equal sign, which is written %3D' : undefined,
);
