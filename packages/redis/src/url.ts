import { z } from 'zod';

const SERVER = 'a URL like redis://127.0.0.1:6379';
const SENTINEL = 'a URL like redis+sentinel://10.0.0.1:26379,10.0.0.2:26379/mymaster';
const CLUSTER = 'a URL like redis+cluster://10.0.0.1:6379,10.0.0.2:6379';
const SENTINEL_PORT = 26_379;
const CLUSTER_PORT = 6_379;

const URL_WITH_HOSTS =
  /^redis(?<tls>s?)\+(?<kind>sentinel|cluster):\/\/(?:(?<credentials>[^@/?#]*)@)?(?<hosts>[^@/?#]*)(?:\/(?<path>[^?#]*))?(?:\?(?<query>[^#]*))?$/;
const HOST = /^(?:\[(?<ipv6>[0-9a-f:.]+)\]|(?<name>[\w.-]+))(?::(?<port>\d{1,5}))?$/i;

export interface Host {
  host: string;
  port: number;
}

interface Credentials {
  username?: string;
  password?: string;
}

/** Where Redis is, in all forms that `REDIS_URL` accepts. `address` has no password. */
export type RedisTarget = { address: string } & (
  | { kind: 'server'; url: string }
  | {
      kind: 'sentinel';
      sentinels: Host[];
      master: string;
      db: number;
      tls: boolean;
      credentials: Credentials;
      sentinelCredentials: Credentials;
    }
  | { kind: 'cluster'; nodes: Host[]; tls: boolean; credentials: Credentials }
);

/** A URL that is not valid. The message describes a valid one and never contains the value, which may hold a password. */
export class RedisUrlError extends Error {
  override name = 'RedisUrlError';
}

/**
 * Parses `REDIS_URL`:
 * - `redis://[user:password@]host[:port][/db]`: one server
 * - `redis+sentinel://[user:password@]host[:port][,host[:port]...]/master[/db][?sentinel_username=..&sentinel_password=..]`:
 *   the current master of `master`, as these Sentinels know it
 * - `redis+cluster://[user:password@]host[:port][,host[:port]...]`: a cluster, found through any of these nodes
 *
 * With `rediss` for TLS, to the Sentinels as well.
 * @throws RedisUrlError
 */
export function parseRedisUrl(text: string): RedisTarget {
  if (/^rediss?:\/\/\S+/.test(text) && URL.canParse(text)) {
    const { hostname, port } = new URL(text);
    return { kind: 'server', url: text, address: `${hostname}:${port || 6379}` };
  }
  const groups = URL_WITH_HOSTS.exec(text)?.groups;
  if (!groups) {
    const kind = /^rediss?\+(sentinel|cluster):/.exec(text)?.[1];
    throw new RedisUrlError(kind === 'sentinel' ? SENTINEL : kind === 'cluster' ? CLUSTER : SERVER);
  }
  const { tls, kind, hosts = '', path = '', query = '' } = groups;
  const shared = { tls: tls === 's', credentials: credentialsOf(groups.credentials, kind) };
  return kind === 'sentinel' ? sentinelOf(hosts, path, query, shared) : clusterOf(hosts, path, query, shared);
}

type Shared = { tls: boolean; credentials: Credentials };

function sentinelOf(hosts: string, path: string, query: string, shared: Shared): RedisTarget {
  const sentinels = hostsOf(hosts, SENTINEL_PORT, SENTINEL);
  const [master = '', db = '0', ...more] = path.split('/').map((part) => decoded(part, SENTINEL));
  if (master === '') throw new RedisUrlError(`${SENTINEL}, with the name of the master`);
  if (!/^\d{1,4}$/.test(db) || more.length > 0) throw new RedisUrlError(`${SENTINEL}, or with a database: /mymaster/0`);
  const options = new URLSearchParams(query);
  const known = ['sentinel_username', 'sentinel_password'];
  if ([...options.keys()].some((name) => !known.includes(name))) {
    throw new RedisUrlError(`${SENTINEL}, without options other than ${known.join(' and ')}`);
  }
  const sentinelCredentials = {
    ...(options.get('sentinel_username') ? { username: options.get('sentinel_username') as string } : {}),
    ...(options.get('sentinel_password') ? { password: options.get('sentinel_password') as string } : {}),
  };
  const address = `${master} of Sentinel ${listOf(sentinels)}`;
  return { kind: 'sentinel', address, sentinels, master, db: Number(db), sentinelCredentials, ...shared };
}

function clusterOf(hosts: string, path: string, query: string, shared: Shared): RedisTarget {
  const nodes = hostsOf(hosts, CLUSTER_PORT, CLUSTER);
  if (!['', '0'].includes(path)) throw new RedisUrlError(`${CLUSTER}, without a database: a cluster has only number 0`);
  if (query !== '') throw new RedisUrlError(`${CLUSTER}, without options`);
  return { kind: 'cluster', address: `cluster ${listOf(nodes)}`, nodes, ...shared };
}

function hostsOf(list: string, defaultPort: number, expected: string): Host[] {
  return list.split(',').map((text) => {
    const { ipv6, name, port } = HOST.exec(text)?.groups ?? {};
    const host = ipv6 ?? name;
    const number = port === undefined ? defaultPort : Number(port);
    if (host === undefined || number < 1 || number > 65_535) throw new RedisUrlError(expected);
    return { host, port: number };
  });
}

/** `user:password`, `:password` or `user`, percent-encoded. */
function credentialsOf(text: string | undefined, kind: string | undefined): Credentials {
  if (!text) return {};
  const expected = kind === 'sentinel' ? SENTINEL : CLUSTER;
  const end = text.indexOf(':');
  const username = decoded(end === -1 ? text : text.slice(0, end), expected);
  const password = end === -1 ? '' : decoded(text.slice(end + 1), expected);
  return { ...(username ? { username } : {}), ...(password ? { password } : {}) };
}

function decoded(text: string, expected: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new RedisUrlError(`${expected}, percent-encoded`);
  }
}

/** `host:port`, with brackets around an IPv6 address. */
export function addressOf({ host, port }: Host): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function listOf(hosts: readonly Host[]): string {
  return hosts.map(addressOf).join(',');
}

/** `REDIS_URL`: one server, Sentinel or a cluster; see `parseRedisUrl`. */
export const redisUrlSchema = z.string(SERVER).superRefine((text, context) => {
  try {
    parseRedisUrl(text);
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message });
  }
});

/**
 * The prefix of BullMQ's keys. In a cluster it is a hash tag, which keeps all keys in one slot: BullMQ's scripts use
 * several keys at once.
 */
export function queuePrefix({
  REDIS_URL,
  HOTEL_QUEUE_PREFIX: prefix,
}: {
  REDIS_URL: string;
  HOTEL_QUEUE_PREFIX: string;
}) {
  const isTagged = /\{[^}]+\}/.test(prefix);
  return parseRedisUrl(REDIS_URL).kind === 'cluster' && !isTagged ? `{${prefix}}` : prefix;
}
