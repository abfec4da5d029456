import type { Table } from '../figures/answer.ts';
import { type BookingModel, type Costs, simulateBookings } from '../model/booking.ts';
import { fitFlush, fitOthers } from '../model/fit.ts';
import { DEFAULT_POOL } from './beds.ts';
import { measured } from './measured.ts';
import { alone, type IntakePoint, onPostgres, points } from './points.ts';

const ROOMS = 50;
/** Machines for the forecast: cores for everything, and a dispo for every second core. */
const FORECAST_CORES = [4, 8, 16, 32];
const CONNECTIONS_PER_DISPO = 32;

/** The most cores that other programs may use for a run to count as one on a quiet machine. */
export const QUIET_CORES = 0.2;
/** How far the model may be from a measured rate. */
const TOLERANCE = 0.2;

export interface Fit {
  /** Duration of a disk flush, fitted so that the model has the measured rate of one connection. */
  flushUs: number;
  points: Array<{ name: string; others: number; perSecond: number }>;
  /** One PostgreSQL on machines that are quiet. `sameRoom`: every request books one room. */
  forecasts: Array<{ cores: number; replicas: number; perSecond: number; sameRoom: number }>;
}

/** The model of a measured point: with the CPU time per booking that was measured there. */
export function modelOf(
  tables: readonly Table[],
  point: IntakePoint,
  cores: number,
): Omit<BookingModel, 'others' | 'flushUs'> {
  const { database, replicas, connections, pool = DEFAULT_POOL, contended } = point;
  const cost = (process: keyof Costs) => measured(tables, 'intake', point.name, process) || 0;
  return {
    ...{ database, replicas, connections, pool, cores, rooms: contended ? 1 : ROOMS },
    costs: {
      dispo: cost('dispo'),
      main: cost('main'),
      postgres: cost('postgres'),
      redis: cost('redis'),
      generator: cost('generator'),
      collector: cost('collector'),
    },
  };
}

/** The points whose measured rate the model misses by more than 20 %. */
export function missedPoints(tables: readonly Table[], { points: modelled }: Fit): string[] {
  return modelled
    .filter(({ name, perSecond }) => {
      return Math.abs(perSecond / measured(tables, 'intake', name, 'perSecond') - 1) > TOLERANCE;
    })
    .map(({ name }) => name);
}

/** Whether the model is near enough to the measured rate of every point to extrapolate from it. */
export const isReproduced = (tables: readonly Table[], fit: Fit): boolean => missedPoints(tables, fit).length === 0;

/** The most cores that other programs used during a variant. */
export function coresOfOthers(tables: readonly Table[]): number {
  return Math.max(
    ...tables.flatMap(({ id, rows }) => rows.map(({ name }) => measured(tables, id, name, 'foreign') || 0)),
  );
}

export function fitModel(tables: readonly Table[], cores: number): Fit {
  const figure = (point: IntakePoint, column: string) => measured(tables, 'intake', point.name, column);
  const flushUs = fitFlush(modelOf(tables, alone, cores), {
    perSecond: figure(alone, 'perSecond'),
    foreignCores: figure(alone, 'foreign') || 0,
  });
  return {
    flushUs,
    points: points.map((point) => {
      const model = { ...modelOf(tables, point, cores), flushUs };
      const others = fitOthers(model, figure(point, 'foreign') || 0);
      return { name: point.name, others, perSecond: simulateBookings({ ...model, others }).perSecond };
    }),
    forecasts: FORECAST_CORES.map((cores) => {
      const replicas = cores / 2;
      const connections = replicas * CONNECTIONS_PER_DISPO;
      const model = { ...modelOf(tables, onPostgres, cores), flushUs, others: 0, replicas, connections };
      const { perSecond } = simulateBookings({ ...model, rooms: 1_000 });
      return { cores, replicas, perSecond, sameRoom: simulateBookings({ ...model, rooms: 1 }).perSecond };
    }),
  };
}
