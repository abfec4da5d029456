import { applySettings } from '../src/settings/apply.ts';
import type { Environment } from '../src/settings/kinds.ts';

/** An environment after `applySettings`, and the reported problems. */
export function applied(env: Environment) {
  const left = { ...env };
  const problems = applySettings(left);
  return { left, problems };
}
