import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts, provideRedis, type RedisServer } from '@hotel/system';
import { Redis } from 'ioredis';

const SENTINELS = 3;
const MASTER_NAME = 'hotel';
const SLOTS = 16_384;
const POLL_MS = 50;
const TIMEOUT_MS = 30_000;

/** Three Sentinels that watch a master and its replica, all at 127.0.0.1. */
export interface SentinelServers extends AsyncDisposable {
  readonly url: string;
  readonly master: RedisServer;
  readonly replica: RedisServer;
  /** Cuts the replica off: from then on, a failover loses what is written. */
  suspendReplica(): Promise<void>;
  /** Kills the master, resumes the replica, and waits until the Sentinels have promoted it. */
  failOver(): Promise<void>;
}

export async function startSentinels(dataDir: string): Promise<SentinelServers> {
  await using undo = new AsyncDisposableStack();
  const start = async (name: string, options: object = {}) => {
    const server = await provideRedis({ dataDir: join(dataDir, name), ...options });
    undo.defer(() => server.stop());
    return server;
  };
  const master = await start('master', { settings: { 'repl-diskless-sync-delay': '0' } });
  const replica = await start('replica', { settings: { replicaof: `127.0.0.1 ${master.port}` } });
  const ports = await freePorts(SENTINELS);
  for (const port of ports) {
    const args = [await writeSentinelConfig(join(dataDir, `sentinel-${port}`), port, master.port), '--sentinel'];
    await start(`sentinel-${port}`, { port, args });
  }
  const ask = (...args: string[]) => command(`redis://127.0.0.1:${ports[0]}`, 'SENTINEL', ...args);
  await until('the Sentinels to find each other and the replica', async () => {
    const state = pairsOf(await ask('MASTER', MASTER_NAME));
    return state['num-slaves'] === '1' && state['num-other-sentinels'] === String(SENTINELS - 1);
  });
  await until('the replica to be in sync', async () =>
    String(await command(replica.url, 'INFO', 'replication')).includes('master_link_status:up'),
  );
  const resources = undo.move();
  return {
    url: `redis+sentinel://${ports.map((port) => `127.0.0.1:${port}`).join(',')}/${MASTER_NAME}`,
    master,
    replica,
    async suspendReplica() {
      await replica.kill('SIGSTOP');
      // What the master has sent to the replica's socket would not be lost.
      await command(master.url, 'CLIENT', 'KILL', 'TYPE', 'replica');
    },
    async failOver() {
      await master.kill('SIGKILL');
      await replica.kill('SIGCONT');
      await until('the failover', async () => {
        const [, port] = (await ask('GET-MASTER-ADDR-BY-NAME', MASTER_NAME)) as string[];
        return port === String(replica.port) && String(await command(replica.url, 'ROLE')).startsWith('master');
      });
    },
    async [Symbol.asyncDispose]() {
      await replica.kill('SIGCONT').catch(() => {});
      await resources.disposeAsync();
    },
  };
}

async function writeSentinelConfig(dir: string, port: number, masterPort: number): Promise<string> {
  await mkdir(dir, { recursive: true });
  const file = join(dir, 'sentinel.conf');
  const lines = [
    'bind 127.0.0.1',
    `port ${port}`,
    `dir ${dir}`,
    `sentinel monitor ${MASTER_NAME} 127.0.0.1 ${masterPort} 2`,
    `sentinel down-after-milliseconds ${MASTER_NAME} 1000`,
    `sentinel failover-timeout ${MASTER_NAME} 3000`,
  ];
  await writeFile(file, `${lines.join('\n')}\n`);
  return file;
}

/** A cluster of three masters without replicas, all at 127.0.0.1. */
export interface ClusterServers extends AsyncDisposable {
  readonly url: string;
  readonly nodes: readonly RedisServer[];
  /** The node that has `key`. */
  nodeOf(key: string): Promise<RedisServer>;
}

export async function startCluster(dataDir: string): Promise<ClusterServers> {
  await using undo = new AsyncDisposableStack();
  const nodes: RedisServer[] = [];
  for (const busPort of await freePorts(3)) {
    const settings = { 'cluster-enabled': 'yes', 'cluster-port': String(busPort), 'cluster-node-timeout': '1000' };
    const node = await provideRedis({ dataDir: join(dataDir, `node-${nodes.length}`), settings });
    undo.defer(() => node.stop());
    nodes.push(node);
    const [first = node] = nodes;
    if (node !== first) await command(first.url, 'CLUSTER', 'MEET', '127.0.0.1', String(node.port), String(busPort));
  }
  const share = Math.ceil(SLOTS / nodes.length);
  for (const [i, { url }] of nodes.entries()) {
    const last = Math.min((i + 1) * share, SLOTS) - 1;
    await command(url, 'CLUSTER', 'ADDSLOTSRANGE', String(i * share), String(last));
  }
  for (const { url } of nodes) {
    await until('the cluster to be complete', async () => {
      const info = String(await command(url, 'CLUSTER', 'INFO'));
      return info.includes('cluster_state:ok') && info.includes(`cluster_size:${nodes.length}`);
    });
  }
  const resources = undo.move();
  return {
    url: `redis+cluster://${nodes.map(({ port }) => `127.0.0.1:${port}`).join(',')}`,
    nodes,
    async nodeOf(key) {
      const slot = Number(await command(nodes[0]?.url ?? '', 'CLUSTER', 'KEYSLOT', key));
      return nodes[Math.floor(slot / share)] as RedisServer;
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

/** Sends one command over its own connection. */
async function command(url: string, name: string, ...args: string[]): Promise<unknown> {
  const client = new Redis(url, { maxRetriesPerRequest: 1, enableReadyCheck: false });
  client.on('error', () => {});
  try {
    return await client.call(name, ...args);
  } finally {
    client.disconnect();
  }
}

async function until(what: string, isTrue: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + TIMEOUT_MS;
  while (!(await isTrue().catch(() => false))) {
    if (performance.now() > end) throw new Error(`waited ${TIMEOUT_MS / 1_000} s for ${what}`);
    await sleep(POLL_MS);
  }
}

/** The reply of `SENTINEL MASTER`: names and values alternate. */
function pairsOf(reply: unknown): Record<string, string> {
  const list = reply as string[];
  return Object.fromEntries(list.flatMap((name, i) => (i % 2 === 0 ? [[name, list[i + 1] ?? '']] : [])));
}
