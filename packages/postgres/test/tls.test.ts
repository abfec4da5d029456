import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Certificates, makeCertificates } from '@hotel/system/test/certificates';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openPostgres } from '../src/index.ts';
import { createPool } from '../src/pool.ts';
import { execute, type OwnServer, startServer } from './server.ts';

const PASSWORD = 'sesame-of-the-hotel';
const resources = new AsyncDisposableStack();
let folder: string;
let server: OwnServer;
/** For 127.0.0.1, for another host, and of an authority that the server does not use. */
let own: Certificates;
let elsewhere: Certificates;
let foreign: Certificates;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hotel-tls-'));
  resources.defer(() => rm(folder, { recursive: true, force: true }));
  const make = async (name: string, names?: string) => {
    await mkdir(join(folder, name));
    return makeCertificates(join(folder, name), names);
  };
  [own, elsewhere, foreign] = await Promise.all([
    make('own'),
    make('elsewhere', 'DNS:elsewhere.example'),
    make('foreign'),
  ]);
  await mkdir(join(folder, 'migrations'));
  await writeFile(join(folder, 'migrations/0001_numbers.sql'), 'CREATE TABLE numbers (n integer)');
  server = resources.use(await startServer());
  await run(`CREATE ROLE guest LOGIN PASSWORD '${PASSWORD}'`);
  await run('CREATE DATABASE hotel OWNER guest');
});
afterAll(() => resources.disposeAsync());

const run = (source: string) => execute(server.url('postgres'), source);

/** Lets the server use a certificate for new connections. */
async function serve({ certFile, keyFile, caFile }: Certificates): Promise<void> {
  await run(`ALTER SYSTEM SET ssl_cert_file = '${certFile}'`);
  await run(`ALTER SYSTEM SET ssl_key_file = '${keyFile}'`);
  await run('ALTER SYSTEM SET ssl = on');
  await run('SELECT pg_reload_conf()');
  const verified = urlWith({ sslmode: 'verify-ca', sslrootcert: caFile, uselibpqcompat: 'true' });
  await vi.waitFor(() => execute(verified, 'SELECT'), { timeout: 60_000, interval: 50 });
}

function urlWith(parameters: Record<string, string>): string {
  const url = new URL(server.url('hotel'));
  [url.username, url.password] = ['guest', PASSWORD];
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url.href;
}
async function open(parameters: Record<string, string>): Promise<string> {
  const migrations = pathToFileURL(join(folder, 'migrations/'));
  const url = urlWith(parameters);
  const options = { url, setting: 'DATABASE_URL', migrations, poolSize: 1, applicationName: 'test' };
  const database = await openPostgres(options);
  await database[Symbol.asyncDispose]();
  // A connection of the same kind, asked for its encryption.
  const pool = createPool({ url, size: 1, applicationName: 'test' });
  const { rows } = await pool.query<{ ssl: boolean }>('SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()');
  await pool.end();
  return rows[0]?.ssl ? 'encrypted' : 'plain text';
}
/** The message of a failed start, and of its causes. */
async function refusal(parameters: Record<string, string>): Promise<string> {
  const error: unknown = await open(parameters).then(
    (how) => new Error(`connected in ${how}`),
    (error: unknown) => error,
  );
  const text = JSON.stringify(error, Object.getOwnPropertyNames(error));
  expect(text).not.toContain(PASSWORD);
  expect(text).not.toContain('BEGIN');
  return (error as Error).message;
}

describe('a server with a certificate of a private authority', () => {
  beforeAll(() => serve(own));

  it.each(['require', 'verify-ca', 'verify-full'])('is used with sslmode=%s and its authority', async (sslmode) => {
    expect(await open({ sslmode, sslrootcert: own.caFile })).toBe('encrypted');
  });

  it('is used with sslmode=require alone, unverified', async () => {
    expect(await open({ sslmode: 'require' })).toBe('encrypted');
  });

  it.each(['require', 'verify-ca', 'verify-full'])(
    'is refused with sslmode=%s and another authority',
    async (sslmode) => {
      expect(await refusal({ sslmode, sslrootcert: foreign.caFile })).toMatch(
        /DATABASE_URL cannot be used: .*certificate/,
      );
    },
  );

  it('is refused with sslmode=verify-full and no authority', async () => {
    expect(await refusal({ sslmode: 'verify-full' })).toMatch(/cannot be used: .*certificate/);
  });

  it('is refused with sslmode=verify-ca and no authority, which the message requests', async () => {
    expect(await refusal({ sslmode: 'verify-ca' })).toMatch(/cannot be used: .*sslrootcert/);
  });

  it('is refused where the file of the authority is missing, and the message names it', async () => {
    const sslrootcert = join(folder, 'missing.pem');
    expect(await refusal({ sslmode: 'verify-full', sslrootcert })).toMatch(/cannot be used: .*missing\.pem/);
  });
});

describe('a server whose certificate names another host', () => {
  beforeAll(() => serve(elsewhere));

  it('is refused with sslmode=verify-full', async () => {
    expect(await refusal({ sslmode: 'verify-full', sslrootcert: elsewhere.caFile })).toMatch(
      /cannot be used: Hostname\/IP does not match certificate's altnames/,
    );
  });

  it('is used with sslmode=verify-ca', async () => {
    expect(await open({ sslmode: 'verify-ca', sslrootcert: elsewhere.caFile })).toBe('encrypted');
  });
});
