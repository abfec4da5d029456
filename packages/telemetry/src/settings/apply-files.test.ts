import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { applied } from '../../test/applied.ts';

describe('settings that are files', () => {
  let folder: string;
  const file = (name: string) => join(folder, name);
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'settings-'));
    const run = promisify(execFile);
    for (const name of ['one', 'two']) {
      const key = '-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout'.split(' ');
      await run('openssl', [
        'req',
        '-x509',
        ...key,
        file(`${name}.key`),
        '-out',
        file(`${name}.pem`),
        '-subj',
        `/CN=${name}`,
      ]);
    }
    writeFileSync(file('nonsense.pem'), 'hush');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const certificates = (certificate: string, key: string) =>
    applied({
      OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: certificate && file(certificate),
      OTEL_EXPORTER_OTLP_CLIENT_KEY: key && file(key),
    });

  it('are kept if they match', () => {
    const { left, problems } = certificates('one.pem', 'one.key');
    expect(problems).toEqual([]);
    expect(Object.keys(left)).toHaveLength(2);
    expect(applied({ OTEL_EXPORTER_OTLP_CERTIFICATE: file('one.pem') }).problems).toEqual([]);
  });

  it.each([
    ['one.pem', 'two.key'],
    ['one.pem', ''],
    ['', 'one.key'],
    ['one.pem', 'nonsense.pem'],
  ])('%j and %j do not match, and no client certificate is sent', (certificate, key) => {
    const { left, problems } = certificates(certificate, key);
    expect(left).toEqual({});
    expect(problems).toEqual([expect.stringMatching(/do not match; no client certificate is sent$/)]);
  });

  it('are not shown if they are not PEM', () => {
    const { problems } = applied({ OTEL_EXPORTER_OTLP_CERTIFICATE: file('nonsense.pem') });
    expect(problems).toEqual([expect.stringMatching(/its file is not a certificate in PEM format/)]);
    expect(problems.join()).not.toContain('hush');
  });
});
