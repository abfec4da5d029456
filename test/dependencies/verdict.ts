import type { Advisory, AdvisoryFile, Finding } from './advisories.ts';

export interface Verdict {
  exitCode: 0 | 1;
  sentence: string;
}

const isSevere = ({ severity }: Advisory) => severity === 'high' || severity === 'critical';

/** Checks the repository's own list of advisories, which needs no network and is never skipped. */
export function localVerdict(packages: number, file: AdvisoryFile, findings: readonly Finding[]): Verdict {
  const severe = findings.filter(isSevere);
  const lines = findings.map(
    ({ severity, package: name, version, title, usedBy, url }) =>
      `\n  ${severity}: ${name} ${version} (${usedBy.join(', ')}): ${title} (${url})`,
  );
  const known = `${file.advisories.length} advisories known on ${file.asOf} (test/dependencies/advisories.json)`;
  const what = findings.length === 0 ? 'none applies' : `${findings.length} apply:${lines.join('')}`;
  return { exitCode: severe.length > 0 ? 1 : 0, sentence: `${packages} production packages, ${known}: ${what}` };
}

/** Reads the output of `pnpm audit --json`. If the registry does not answer, the check is reported as skipped. */
export function registryVerdict(output: string): Verdict & { found: Advisory[] } {
  const report = parse(output);
  if (!report?.metadata?.vulnerabilities) {
    const [why = 'it printed nothing'] = output.split('\n').filter((line) => line.trim() !== '');
    const sentence = `SKIPPED: the registry did not return its advisories: ${why}`;
    return { exitCode: 0, sentence, found: [] };
  }
  const found = Object.values(report.advisories ?? {}).map(toAdvisory);
  const all = Object.values(report.metadata.vulnerabilities).reduce((sum, count) => sum + count, 0);
  const { high = 0, critical = 0 } = report.metadata.vulnerabilities;
  const lines = found.map(({ severity, package: name, title, url }) => `\n  ${severity}: ${name}: ${title} (${url})`);
  return {
    exitCode: high + critical > 0 ? 1 : 0,
    sentence: `The registry reports ${all} findings, ${high + critical} of them high or critical${lines.length > 0 ? `:${lines.join('')}` : ''}`,
    found,
  };
}

interface Reported {
  severity: Advisory['severity'];
  module_name: string;
  title: string;
  url: string;
  vulnerable_versions?: string;
  cves?: string[];
  github_advisory_id?: string;
}

interface Report {
  metadata?: { vulnerabilities?: Record<string, number> };
  advisories?: Record<string, Reported>;
}

function toAdvisory(one: Reported): Advisory {
  return {
    id: one.cves?.[0] ?? one.github_advisory_id ?? one.url,
    package: one.module_name,
    vulnerable: one.vulnerable_versions ?? '*',
    severity: one.severity,
    title: one.title,
    url: one.url,
  };
}

/** Warnings may precede the JSON. An error is not JSON. */
function parse(output: string): Report | undefined {
  try {
    return JSON.parse(output.slice(output.indexOf('{'))) as Report;
  } catch {
    return undefined;
  }
}
