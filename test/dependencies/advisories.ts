import { satisfies } from 'semver';
import type { Installed } from './production.ts';

/** A vulnerability of a package, as in the registries' advisory databases. */
export interface Advisory {
  id: string;
  package: string;
  /** The affected versions, as a semver range. */
  vulnerable: string;
  severity: 'low' | 'moderate' | 'high' | 'critical';
  title: string;
  url: string;
}

export interface AdvisoryFile {
  /** Date of the last check for new ones. */
  asOf: string;
  advisories: Advisory[];
}

export interface Finding extends Advisory {
  version: string;
  usedBy: string[];
}

export function findingsIn(installed: readonly Installed[], { advisories }: AdvisoryFile): Finding[] {
  return advisories.flatMap((advisory) =>
    installed
      .filter(({ name, version }) => name === advisory.package && satisfies(version, advisory.vulnerable))
      .map(({ version, usedBy }) => ({ ...advisory, version, usedBy })),
  );
}

/** Adds a registry's findings to the file, for later checks without a network. */
export function withFound(file: AdvisoryFile, found: readonly Advisory[], today: string): AdvisoryFile {
  const byKey = new Map([...file.advisories, ...found].map((one) => [`${one.id} ${one.package}`, one]));
  const order = ({ package: name, id }: Advisory) => `${name} ${id}`;
  return { asOf: today, advisories: [...byKey.values()].sort((a, b) => order(a).localeCompare(order(b))) };
}
