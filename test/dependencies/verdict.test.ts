import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { validRange } from 'semver';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { type Advisory, type AdvisoryFile, findingsIn, withFound } from './advisories.ts';
import { type Lockfile, productionPackages } from './production.ts';
import { localVerdict, registryVerdict } from './verdict.ts';

const counts = { info: 0, low: 1, moderate: 2, high: 0, critical: 0 };
const report = (vulnerabilities: object, advisories = {}) =>
  JSON.stringify({ metadata: { vulnerabilities }, advisories });
const advisory: Advisory = {
  ...{ id: 'CVE-1', package: 'left', vulnerable: '<2 || >=3.0.0 <3.1.0', severity: 'high' },
  ...{ title: 'takes too much', url: 'https://example.com/1' },
};
const known: AdvisoryFile = { asOf: '2026-01-01', advisories: [advisory] };

it.each([
  ['Error: ERR_PNPM_AUDIT_BAD_RESPONSE\n\n  responded with 405', /^SKIPPED: .* ERR_PNPM_AUDIT_BAD_RESPONSE$/],
  ['', /^SKIPPED: .* it printed nothing$/],
  ['{"error":{"code":"ENOTFOUND"}}', /^SKIPPED: .*ENOTFOUND/],
])('reports the check as skipped if the registry does not answer: %j', (output, sentence) => {
  expect(registryVerdict(output)).toEqual({ exitCode: 0, sentence: expect.stringMatching(sentence), found: [] });
});

it('counts lower severities without failing', () => {
  const { exitCode, sentence } = registryVerdict(`warning\n${report(counts)}`);
  expect([exitCode, sentence]).toEqual([0, expect.stringContaining('3 findings, 0 of them high')]);
});

it.each(['high', 'critical'])('fails for a %s finding, and names it', (severity) => {
  const reported = { severity, module_name: 'left', title: 'takes too much', url: 'https://example.com/1' };
  expect(registryVerdict(report({ ...counts, [severity]: 1 }, { 1: reported }))).toMatchObject({
    exitCode: 1,
    sentence: expect.stringContaining(`${severity}: left: takes too much`),
    found: [{ package: 'left', vulnerable: '*' }],
  });
});

it.each([
  ['1.9.0', 1],
  ['2.5.0', 0],
  ['3.0.9', 1],
  ['3.1.0', 0],
])('checks the list in the repository without a network: left %s', (version, exitCode) => {
  const findings = findingsIn([{ name: 'left', version, usedBy: ['dispo'] }], known);
  const verdict = localVerdict(1, known, findings);
  expect(verdict.exitCode).toBe(exitCode);
  expect(verdict.sentence).toContain(exitCode ? `high: left ${version} (dispo): takes too much` : 'none applies');
});

it('adds each finding of the registry to the list once', () => {
  const found = { ...advisory, id: 'CVE-2', package: 'a' };
  const updated = withFound(known, [found, advisory], '2026-02-02');
  expect(updated).toEqual({ asOf: '2026-02-02', advisories: [found, advisory] });
});

it('finds the packages of the images with their dependencies, and no development tools', () => {
  const lock: Lockfile = {
    importers: {
      app: { dependencies: { lib: { version: 'link:../packages/lib' }, direct: { version: '1.0.0' } } },
      'packages/lib': { dependencies: { '@of/lib': { version: '2.0.0(direct@1.0.0)' } } },
      tool: { dependencies: { tool: { version: '1.0.0' } } },
    },
    snapshots: {
      'direct@1.0.0': {},
      '@of/lib@2.0.0(direct@1.0.0)': { optionalDependencies: { optional: '3.0.0' } },
      'optional@3.0.0': {},
    },
  };
  expect(productionPackages(lock, ['app']).map(({ name, version }) => `${name} ${version}`)).toEqual([
    ...['@of/lib 2.0.0', 'optional 3.0.0', 'direct 1.0.0'],
  ]);
});

it('has only packages in production in the list, with valid ranges', () => {
  const root = join(import.meta.dirname, '../..');
  const file = JSON.parse(readFileSync(join(import.meta.dirname, 'advisories.json'), 'utf8')) as AdvisoryFile;
  const lock = parse(readFileSync(join(root, 'pnpm-lock.yaml'), 'utf8'));
  const names = productionPackages(lock, ['dispo', 'cleaning', 'viewer', 'examples']).map(({ name }) => name);
  expect(names).not.toContain('vitest');
  for (const { package: name, vulnerable } of file.advisories) {
    expect(names).toContain(name);
    expect(validRange(vulnerable), vulnerable).not.toBeNull();
  }
  expect(findingsIn(productionPackages(lock, ['dispo', 'cleaning', 'viewer', 'examples']), file)).toEqual([]);
});
