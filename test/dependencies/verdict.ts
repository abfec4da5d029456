export interface Verdict {
  exitCode: 0 | 1;
  sentence: string;
}

const SEVERE = ['high', 'critical'] as const;

/** What `pnpm audit --json` has said. No answer is no finding, and is said; what is found and is severe is red. */
export function verdictOn(output: string): Verdict {
  const report = parse(output);
  const counts = report?.metadata?.vulnerabilities;
  if (!counts) {
    const [why = 'it said nothing'] = output.split('\n').filter((line) => line.trim() !== '');
    return {
      exitCode: 0,
      sentence: `SKIPPED: the registry was not able to say what is known to be vulnerable: ${why}`,
    };
  }
  const severe = SEVERE.reduce((sum, severity) => sum + (counts[severity] ?? 0), 0);
  const all = Object.values(counts).reduce((sum, count) => sum + count, 0);
  if (severe === 0)
    return { exitCode: 0, sentence: `No high or critical finding in what production runs; ${all} lesser` };
  const titles = Object.values(report.advisories ?? {}).map(
    ({ severity, module_name, title, url }) => `\n  ${severity}: ${module_name}: ${title} (${url})`,
  );
  return { exitCode: 1, sentence: `${severe} high or critical findings in what production runs:${titles.join('')}` };
}

interface Report {
  metadata?: { vulnerabilities?: Record<string, number> };
  advisories?: Record<string, { severity: string; module_name: string; title: string; url: string }>;
}

/** Warnings may stand before the JSON; an error is no JSON at all. */
function parse(output: string): Report | undefined {
  try {
    return JSON.parse(output.slice(output.indexOf('{'))) as Report;
  } catch {
    return undefined;
  }
}
