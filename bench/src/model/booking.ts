import { type Model, type Outcome, type Step, simulate } from './flow.ts';

/** CPU time of a booking by process, in microseconds. */
export interface Costs {
  dispo: number;
  /** The part of `dispo` on its main thread. Other threads work at the same time. */
  main: number;
  postgres: number;
  redis: number;
  generator: number;
  collector: number;
}

export interface BookingModel {
  database: 'sqlite' | 'postgres';
  cores: number;
  others: number;
  costs: Costs;
  /** Duration of a write to the disk that a commit waits for, in microseconds. */
  flushUs: number;
  replicas: number;
  connections: number;
  /** Connections of one dispo to PostgreSQL. */
  pool: number;
  rooms: number;
}

const REQUESTS = 1_500;
const SEED = 17;

/**
 * How a booking on PostgreSQL divides its CPU time between its three round trips. Measured with one connection: dispo's by
 * the thread's CPU time at each write to a socket, PostgreSQL's by the time on a core of the server process at the same
 * moments.
 */
const DISPO_SHARES = [0.31, 0.22, 0.19, 0.28] as const;
const POSTGRES_SHARES = [0.31, 0.34, 0.35] as const;

/**
 * Bookings from clients that wait for their responses: on PostgreSQL in three round trips, with the room locked from the
 * first until the commit. Redis and the collector work in the background.
 */
export function simulateBookings(model: BookingModel, requests = REQUESTS): Outcome {
  const { database, replicas, connections, pool, rooms, cores, others } = model;
  const dispos = Array.from({ length: replicas }, (_, n) => `dispo ${n}`);
  let count = 0;
  const steps = (client: number) => {
    const dispo = dispos[client % replicas] as string;
    return database === 'sqlite' ? onSqlite(model, dispo) : onPostgres(model, dispo, `room ${count++ % rooms}`);
  };
  const flow: Model = {
    ...{ cores, others, steps, clients: connections, requests, seed: SEED },
    single: [...dispos, 'redis', 'generator', 'collector', 'log'],
    limits: Object.fromEntries(dispos.map((name) => [`connection of ${name}`, pool])),
  };
  return simulate(flow);
}

function around({ costs }: BookingModel, steps: Step[]): Step[] {
  return [
    { use: 'generator', us: costs.generator / 2 },
    ...steps,
    { also: 'helpers', us: costs.dispo - costs.main },
    { also: 'redis', us: costs.redis },
    { also: 'collector', us: costs.collector },
    { use: 'generator', us: costs.generator / 2 },
  ];
}

/** All requests that wait share a commit. */
function onSqlite(model: BookingModel, dispo: string): Step[] {
  const { costs, flushUs } = model;
  return around(model, [
    { use: dispo, us: costs.main },
    { flush: dispo, us: flushUs },
  ]);
}

function onPostgres(model: BookingModel, dispo: string, room: string): Step[] {
  const { costs, flushUs } = model;
  const [parse, afterRead, afterBooking, respond] = DISPO_SHARES.map((share) => share * costs.main);
  const [read, insert, event] = POSTGRES_SHARES.map((share) => share * costs.postgres);
  return around(model, [
    { use: dispo, us: parse as number },
    { take: `connection of ${dispo}` },
    { use: 'postgres', us: (read as number) / 2 },
    { take: room },
    { use: 'postgres', us: (read as number) / 2 },
    { use: dispo, us: afterRead as number },
    { use: 'postgres', us: insert as number },
    { use: dispo, us: afterBooking as number },
    { use: 'postgres', us: event as number },
    { flush: 'log', us: flushUs },
    { give: room },
    { give: `connection of ${dispo}` },
    { use: dispo, us: respond as number },
  ]);
}
