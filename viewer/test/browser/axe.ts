import axe from 'axe-core';
import type { Page } from 'playwright-core';

interface Found {
  id: string;
  help: string;
  nodes: Array<{ target: string[]; failureSummary: string }>;
}

/** What axe-core finds wrong with the page as it is now: its rules for WCAG 2.2 AA and for good practice. */
export async function violations(page: Page): Promise<string[]> {
  // Evaluated, not added to the page: the page's policy allows no scripts but its own.
  await page.evaluate(axe.source);
  const found = (await page.evaluate(
    'axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) => violations)',
  )) as Found[];
  return found.flatMap(({ id, help, nodes }) =>
    nodes.map(
      ({ target, failureSummary }) => `${id}: ${help}: ${target.join(' ')}: ${failureSummary.replaceAll(/\s+/g, ' ')}`,
    ),
  );
}
