import { expect, it } from 'vitest';
import { verdictOn } from './verdict.ts';

const counts = { info: 0, low: 1, moderate: 2, high: 0, critical: 0 };
const report = (vulnerabilities: object, advisories = {}) =>
  JSON.stringify({ metadata: { vulnerabilities }, advisories });

it.each([
  ['Error: ERR_PNPM_AUDIT_BAD_RESPONSE\n\n  responded with 405', /^SKIPPED: .* ERR_PNPM_AUDIT_BAD_RESPONSE$/],
  ['', /^SKIPPED: .* it said nothing$/],
  ['{"error":{"code":"ENOTFOUND"}}', /^SKIPPED: .*ENOTFOUND/],
])('no answer is not red, and is said: %j', (output, sentence) => {
  expect(verdictOn(output)).toEqual({ exitCode: 0, sentence: expect.stringMatching(sentence) });
});

it('lesser findings are counted', () => {
  expect(verdictOn(`warning\n${report(counts)}`)).toEqual({
    exitCode: 0,
    sentence: expect.stringContaining('3 lesser'),
  });
});

it.each(['high', 'critical'])('a %s one is red, and is named', (severity) => {
  const advisory = { severity, module_name: 'left', title: 'takes too much', url: 'https://example.com/1' };
  expect(verdictOn(report({ ...counts, [severity]: 1 }, { 1: advisory }))).toEqual({
    exitCode: 1,
    sentence: expect.stringContaining(`${severity}: left: takes too much`),
  });
});
