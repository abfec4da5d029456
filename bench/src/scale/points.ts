import { POOLS } from './beds.ts';

/** One measured point of dispo's intake. The model has the same points. */
export interface IntakePoint {
  name: string;
  database: 'sqlite' | 'postgres';
  replicas: number;
  connections: number;
  pool?: number;
  /** Every request books the same room. */
  contended?: boolean;
}

export const CONNECTIONS = 32;
const point = (name: string, change: Partial<IntakePoint> = {}): IntakePoint => ({
  name: `PostgreSQL, ${name}`,
  database: 'postgres',
  replicas: 1,
  connections: CONNECTIONS,
  ...change,
});

export const onSqlite: IntakePoint = { ...point(''), name: 'SQLite, 1 dispo', database: 'sqlite' };
export const onPostgres = point('1 dispo');
export const alone = point('1 dispo, 1 connection', { connections: 1 });
const replicas = [onPostgres, point('2 dispo', { replicas: 2 }), point('4 dispo', { replicas: 4 })];
export const contended = point('1 dispo, the same room', { contended: true });
const contendedReplicas = point('4 dispo, the same room', { contended: true, replicas: 4 });
const pools = POOLS.map((pool) => point(`1 dispo, pool of ${pool}`, { pool }));
export const points: IntakePoint[] = [
  onSqlite,
  ...replicas,
  alone,
  point('1 dispo, 8 connections', { connections: 8 }),
  contended,
  contendedReplicas,
  ...pools,
];
