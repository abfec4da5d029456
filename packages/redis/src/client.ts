import { traceRedis } from '@hotel/telemetry';
import { Cluster, type ClusterOptions, Redis, type RedisOptions, SentinelConnector } from 'ioredis';
import type { RedisTarget } from './url.ts';

traceRedis(Redis);

/** A client of one server, of the current master behind Sentinel, or of a cluster. */
export type RedisClient = Redis | Cluster;

/** Options that mean the same for every kind of target. */
export interface ClientOptions
  extends Pick<
    RedisOptions,
    | 'commandTimeout'
    | 'connectTimeout'
    | 'disconnectTimeout'
    | 'maxRetriesPerRequest'
    | 'reconnectOnError'
    | 'socketTimeout'
  > {
  /** Whether commands wait for a connection. */
  enableOfflineQueue: boolean;
  lazyConnect: boolean;
  /** Milliseconds until the next attempt to connect; null gives up. */
  retryStrategy(attempt: number): number | null;
}

export function createClient(target: RedisTarget, options: ClientOptions): RedisClient {
  switch (target.kind) {
    case 'server':
      return new Redis(target.url, options);
    case 'sentinel':
      return new Redis(sentinelOptions(target, options));
    case 'cluster':
      return new Cluster(target.nodes, clusterOptions(target, options));
  }
}

export function isCluster(redis: RedisClient): redis is Cluster {
  return redis.isCluster;
}

/** The servers behind a client, without replicas. */
export function serversOf(redis: RedisClient): Redis[] {
  return isCluster(redis) ? redis.nodes('master') : [redis];
}

/**
 * Before it asks for the master again, it ends the previous connection's subscription to failovers. ioredis 6.0 keeps that, and
 * a failover announced while Sentinel is being asked then ends the client for good: its status becomes `end`.
 */
class CurrentMaster extends SentinelConnector {
  override connect(...given: Parameters<InstanceType<typeof SentinelConnector>['connect']>) {
    this.disconnect();
    return super.connect(...given);
  }
}

function sentinelOptions(target: RedisTarget & { kind: 'sentinel' }, options: ClientOptions) {
  const { username, password } = target.sentinelCredentials;
  return {
    ...options,
    ...target.credentials,
    sentinels: target.sentinels,
    name: target.master,
    db: target.db,
    // Leaves a master that Sentinel has replaced, even if its connection stays open.
    failoverDetector: true,
    Connector: CurrentMaster as NonNullable<RedisOptions['Connector']>,
    sentinelRetryStrategy: options.retryStrategy,
    ...(options.connectTimeout === undefined ? {} : { sentinelCommandTimeout: options.connectTimeout }),
    ...(username === undefined ? {} : { sentinelUsername: username }),
    ...(password === undefined ? {} : { sentinelPassword: password }),
    ...(target.tls ? { tls: {}, enableTLSForSentinelMode: true, sentinelTLS: {} } : {}),
  } satisfies RedisOptions;
}

function clusterOptions(target: RedisTarget & { kind: 'cluster' }, options: ClientOptions) {
  const { enableOfflineQueue, retryStrategy, lazyConnect, ...forNodes } = options;
  return {
    enableOfflineQueue,
    lazyConnect,
    clusterRetryStrategy: retryStrategy,
    ...(options.connectTimeout === undefined ? {} : { slotsRefreshTimeout: options.connectTimeout }),
    redisOptions: { ...forNodes, ...target.credentials, ...(target.tls ? { tls: {} } : {}) },
    // Certificates are issued for names, and the default resolves them to addresses first.
    ...(target.tls ? { dnsLookup: (host, callback) => callback(null, host) } : {}),
  } satisfies ClusterOptions;
}
