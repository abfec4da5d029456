import axe from 'axe-core';
import type { Page } from 'playwright-core';

interface Found {
  id: string;
  help: string;
  nodes: Array<{ target: string[]; failureSummary: string }>;
}

/** Runs all rules in one theme, and only the colour rules in the other. */
const THEMES = [
  { colorScheme: 'light', rules: {} },
  { colorScheme: 'dark', rules: { runOnly: { type: 'rule', values: ['color-contrast', 'link-in-text-block'] } } },
] as const;

/** The axe-core violations of the current page in both themes, by its rules for WCAG 2.2 AA and best practice. */
export async function violations(page: Page): Promise<string[]> {
  const problems: string[] = [];
  // Evaluated instead of added to the page, whose policy allows only its own scripts.
  await page.evaluate(axe.source);
  for (const { colorScheme, rules } of THEMES) {
    await page.emulateMedia({ colorScheme });
    const options = JSON.stringify({ resultTypes: ['violations'], ...rules });
    const found = (await page.evaluate(
      `axe.run(document, ${options}).then(({ violations }) => violations)`,
    )) as Found[];
    for (const { id, help, nodes } of found) {
      for (const { target, failureSummary } of nodes) {
        const why = failureSummary.replaceAll(/\s+/g, ' ');
        problems.push(`${colorScheme} theme: ${id}: ${help}: ${target.join(' ')}: ${why}`);
      }
    }
  }
  return problems;
}
