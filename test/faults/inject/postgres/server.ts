import type { Client } from 'pg';
import { type DatabaseName, withClient } from '../../databases.ts';
import type { Scene } from '../../fault.ts';

/** The server's processes that serve the services, each of which sets the name of its connections. */
export const BACKENDS = `SELECT pid FROM pg_stat_activity
  WHERE backend_type = 'client backend' AND application_name <> ''`;

/** The server of a fault that needs PostgreSQL, and the link to it. */
export function postgresOf({ world }: Scene) {
  const { postgres } = world.databases;
  if (!postgres) throw new Error('this fault needs PostgreSQL');
  return postgres;
}

/** Connects to the server directly, whatever the state of the link. */
export function withPostgres<T>(scene: Scene, name: DatabaseName, use: (client: Client) => Promise<T>): Promise<T> {
  return withClient(postgresOf(scene).server, name, use);
}
